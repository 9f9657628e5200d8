"""Taking, assessing, noting, gathering evidence, finishing the investigation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from complaints.enums import EvidenceSource, Level, Priority, State, TimelineCode, Track
from complaints.lifecycle import TransitionRefused
from complaints.models import Assessment, Complaint, Evidence, Note, TimelineEntry
from complaints.operations import (
    AlreadyTaken,
    Axes,
    OverrideNeedsReason,
    add_evidence,
    assess_complaint,
    complete_investigation,
    suggest_track,
    take_complaint,
    write_note,
)
from complaints.permissions import ActionForbidden
from complaints.queries.case_head import read_brief
from members.actors import Role
from members.identifiers import new_id
from members.privacy.access import AccessRequired
from slas.models import Clock, ClockState, Firing
from slas.queries import open_clocks
from slas.sweep import fire_everything
from tests.complaints import stages
from tests.complaints.stages import AT, DANGEROUS, ORDINARY
from tests.people import actor_of, staff

INTRICATE = replace(ORDINARY, complexity=Level.HIGH)
pytestmark = pytest.mark.usefixtures("policies")


def told(actor, row, at=AT):
    return {"actor": actor, "at": at, "complaint_id": row.pk}


def test_taking_makes_somebody_answer_for_it(agent):
    row = stages.taken(agent)
    assert stages.now(row).owner_id == agent.user_id
    entry = stages.all_of(TimelineEntry, row)[-1]
    assert (entry.code, entry.actor_label, entry.audience) == ("taken", "Ana Lee", "everyone")


def test_taking_what_one_has_changes_nothing(agent):
    row = stages.taken(agent)
    take_complaint(**told(agent, row))
    assert [entry.code for entry in stages.all_of(TimelineEntry, row)] == ["submitted", "taken"]


def test_nobody_takes_a_case_away_unknowingly(agent, lead):
    row = stages.taken(agent)
    with pytest.raises(AlreadyTaken, match=r"^Ana Lee$"):
        take_complaint(**told(lead, row), from_owner_id=None)
    assert stages.now(row).owner_id == agent.user_id


def test_taking_over_knowingly(agent, lead):
    row = stages.taken(agent)
    take_complaint(**told(lead, row), from_owner_id=agent.user_id)
    assert stages.now(row).owner_id == lead.user_id


def test_only_staff_who_handle_complaints_take_them():
    row = stages.received()
    for role in (Role.QUALITY_MANAGER, Role.AUDITOR, Role.PRIVACY_OFFICER):
        with pytest.raises(ActionForbidden):
            take_complaint(**told(actor_of(staff(role)), row))


def test_nobody_takes_the_own_complaint():
    insured = stages.insured()
    both = replace(insured.actor, roles=frozenset({Role.MEMBER, Role.AGENT}))
    with pytest.raises(TransitionRefused, match="This is your own complaint"):
        take_complaint(**told(both, stages.received(by=insured)))


def test_for_whoever_may_not_see_it_there_is_no_complaint():
    row = stages.received()
    with pytest.raises(Complaint.DoesNotExist):
        write_note(**told(stages.insured().actor, row), body="Mine?")


LOW, MODERATE, HIGH = Level.LOW, Level.MODERATE, Level.HIGH


@pytest.mark.parametrize(
    ("axes", "track"),
    [
        ((LOW, LOW, LOW, LOW, False, False), Track.STANDARD),
        ((HIGH, MODERATE, MODERATE, MODERATE, False, True), Track.STANDARD),
        ((LOW, HIGH, LOW, LOW, False, False), Track.EXPEDITED),
        ((LOW, LOW, LOW, LOW, True, False), Track.EXPEDITED),
        ((LOW, LOW, HIGH, LOW, False, False), Track.COMPLEX),
        ((LOW, LOW, MODERATE, HIGH, False, False), Track.COMPLEX),
        ((LOW, LOW, MODERATE, MODERATE, False, False), Track.STANDARD),
        ((LOW, HIGH, HIGH, HIGH, False, False), Track.EXPEDITED),
    ],
)
def test_the_axes_suggest_the_track(axes, track):
    assert suggest_track(Axes(*axes)) == track


def test_an_assessment_is_kept_with_its_track(agent):
    row = stages.assessed(agent)
    assessment = stages.all_of(Assessment, row)[0]
    assert (assessment.track, assessment.suggested_track, assessment.override_reason) == ("standard", "standard", None)
    assert (stages.now(row).state, stages.now(row).assessed_at) == (State.ASSESSED, AT)


def test_another_track_than_suggested_needs_a_reason(agent):
    row = stages.taken(agent)
    for reason in ("", "  \n"):
        with pytest.raises(OverrideNeedsReason):
            assess_complaint(**told(agent, row), axes=ORDINARY, track=Track.COMPLEX, override_reason=reason)
    assess_complaint(**told(agent, row), axes=ORDINARY, track=Track.COMPLEX, override_reason="Three claims at once.")
    assessment = stages.all_of(Assessment, row)[0]
    assert (assessment.track, assessment.suggested_track) == (Track.COMPLEX, Track.STANDARD)
    with pytest.raises(AccessRequired):
        assessment.override_reason  # noqa: B018 -- that it is sealed is the point
    assert stages.opened(assessment, "override_reason") == "Three claims at once."


def test_a_changed_track_replaces_the_open_clocks_from_the_same_receipt(agent):
    row = stages.taken(agent)
    assess_complaint(**told(agent, row, AT + timedelta(hours=2)), axes=DANGEROUS)
    due = {clock.kind: clock.due_at for clock in open_clocks([row.pk])[row.pk]}
    assert due == {"acknowledge": datetime(2026, 6, 2, 4, 0, tzinfo=UTC), "resolve": AT + timedelta(hours=72)}
    cancelled = Clock.objects.filter(matter_id=row.pk, state=ClockState.CANCELLED)
    assert sorted(clock.kind for clock in cancelled) == ["acknowledge", "resolve"]


def test_assessing_anew_keeps_the_broken_promise_on_the_case_and_breaks_none_twice(agent):
    row, late = stages.taken(agent), AT + timedelta(days=25)
    assess_complaint(**told(agent, row, late), axes=INTRICATE)
    with connection.cursor() as cursor:
        fire_everything(cursor, now=late, who="test")
    breaches = Firing.objects.filter(matter_id=row.pk, code=100)
    kinds = dict(Clock.objects.filter(matter_id=row.pk).values_list("id", "kind"))
    assert sorted(kinds[firing.clock_id] for firing in breaches) == ["acknowledge", "resolve"]
    head = read_brief(stages.now(row), actor=agent, at=late).head
    shown = [(clock.title, clock.is_open, clock.time_left.state) for clock in head.clocks]
    assert shown == [
        ("Confirm receipt", True, "overdue"),
        ("Answer the complaint: complex claim or provider dispute", True, "later"),
        ("Answer the complaint", False, "missed"),
    ]


def test_the_expedited_track_is_urgent_and_leaving_it_ends_that(agent):
    row = stages.assessed(agent, axes=DANGEROUS)
    assert stages.now(row).priority == Priority.URGENT
    assess_complaint(**told(agent, row), axes=ORDINARY)
    assert (stages.now(row).track, stages.now(row).priority) == (Track.STANDARD, Priority.NORMAL)


def test_the_same_track_leaves_clocks_and_priority_alone(agent):
    row = stages.taken(agent)
    before = {clock.id for clock in open_clocks([row.pk])[row.pk]}
    assess_complaint(**told(agent, row), axes=ORDINARY)
    assert {clock.id for clock in open_clocks([row.pk])[row.pk]} == before


def test_a_colleague_does_not_assess_somebody_elses_case(agent, lead):
    row = stages.taken(agent)
    with pytest.raises(TransitionRefused, match="Ana Lee has this complaint"):
        assess_complaint(**told(lead, row), axes=ORDINARY)
    assert not stages.all_of(Assessment, row)


def test_evidence_keeps_its_provenance(agent):
    row = stages.taken(agent)
    add_evidence(
        **told(agent, row),
        source=EvidenceSource.PROVIDER,
        title="Report of Dr. Voss",
        obtained_on=date(2026, 5, 30),
        detail="The scan was needed.",
    )
    evidence = stages.all_of(Evidence, row)[0]
    assert (evidence.source, evidence.obtained_on, evidence.added_by_id) == (
        EvidenceSource.PROVIDER,
        date(2026, 5, 30),
        agent.user_id,
    )
    assert stages.opened(evidence, "title") == "Report of Dr. Voss"


def test_findings_finish_the_investigation(agent):
    row = stages.assessed(agent)
    complete_investigation(**told(agent, row), findings="One surgery, billed twice.")
    note = stages.all_of(Note, row)[0]
    assert (note.kind, note.author_label) == ("finding", "Ana Lee")
    assert stages.opened(note, "body") == "One surgery, billed twice."
    assert stages.now(row).state == State.INVESTIGATED


def pressed_twice(act, row):
    key = new_id()
    act(key)
    act(key)
    return [entry.code for entry in stages.all_of(TimelineEntry, row)]


def test_a_note_that_is_pressed_twice_is_one_note(agent):
    row = stages.received()
    codes = pressed_twice(lambda key: write_note(**told(agent, row), body="Called.", key=key), row)
    assert (len(stages.all_of(Note, row)), codes) == (1, ["submitted", "note_added"])


def test_evidence_that_is_pressed_twice_is_one_piece(agent):
    row = stages.received()
    words = {"source": EvidenceSource.OTHER, "title": "A photograph", "obtained_on": date(2026, 5, 1)}
    codes = pressed_twice(lambda key: add_evidence(**told(agent, row), **words, key=key), row)
    assert (len(stages.all_of(Evidence, row)), codes) == (1, ["submitted", "evidence_added"])


def test_an_assessment_that_is_pressed_twice_is_one_assessment(agent):
    row = stages.taken(agent)
    codes = pressed_twice(lambda key: assess_complaint(**told(agent, row), axes=DANGEROUS, key=key), row)
    assert (len(stages.all_of(Assessment, row)), codes.count(TimelineCode.ASSESSED)) == (1, 1)


def test_findings_that_are_pressed_twice_finish_once(agent):
    row = stages.assessed(agent)
    codes = pressed_twice(lambda key: complete_investigation(**told(agent, row), findings="Found.", key=key), row)
    assert (len(stages.all_of(Note, row)), codes.count(TimelineCode.INVESTIGATED)) == (1, 1)
