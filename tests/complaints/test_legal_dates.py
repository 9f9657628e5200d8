"""Dates of a law that somebody starts, and whose end somebody records."""

import html
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from complaints.enums import Channel, LineOfBusiness
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, Note, TimelineEntry
from complaints.obligations import startable
from complaints.operations import assess_complaint, inform_member, meet_date, start_date
from complaints.permissions import ActionForbidden
from members.actors import Role
from members.audit.models import Event
from members.identifiers import new_id
from slas.models import Clock, ClockState
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.people import actor_of, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URGENT = ("ma_grievance", "ma_grievance_answer", "expedited")
CARRIED_OUT = ("ma_effectuation", "ma_external_reversal", "")
INQUIRY = ("state_regulator_inquiry", "regulator_answer", "")
MEDICARE = LineOfBusiness.MEDICARE_ADVANTAGE


@pytest.fixture(autouse=True)
def packs(settings):
    """Switch the packs on that hold such dates."""
    settings.ENABLED_PACKS = ["ma_grievance", "ma_effectuation", "state_regulator_inquiry"]


def start(actor, row, rule=URGENT, *, at=AT + HOUR, **words):
    words = {"began_at": AT, "days": None, "words": "She complains that we took more time.", "key": new_id()} | words
    return start_date(actor=actor, at=at, complaint_id=row.pk, rule=rule, **words)


def meet(actor, row, *, at=AT + DAY, **words):
    words = {
        "kind": "ma_external_reversal",
        "done_at": AT + 3 * HOUR,
        "words": "Approved in the claims system.",
    } | words
    return meet_date(actor=actor, at=at, complaint_id=row.pk, key=new_id(), **words)


def newest(row, kind):
    return Clock.objects.filter(matter_id=row.pk, kind=kind).order_by("-cycle").first()


def test_a_grievance_that_is_urgent_by_law_is_due_in_a_day_and_the_answer_meets_it(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    start(agent, row)
    clock = newest(row, "ma_grievance_answer")
    assert (clock.started_at, clock.due_at, clock.state) == (AT, AT + DAY, ClockState.RUNNING)
    assert Clock.objects.get(matter_id=row.pk, kind="ma_grievance_answer", cycle=1).state == ClockState.CANCELLED


def test_what_was_answered_before_it_was_started_is_met(agent):
    row = stages.lettered(agent, line_of_business=MEDICARE)
    inform_member(actor=agent, at=AT + HOUR, complaint_id=row.pk, proof="post")
    start(agent, row, at=AT + 2 * DAY)
    assert newest(row, "ma_grievance_answer").state == ClockState.MET


def test_what_somebody_started_stays_when_the_complaint_is_assessed_anew(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    start(agent, row)
    start(agent, row, CARRIED_OUT)
    assess_complaint(actor=agent, at=AT + 2 * HOUR, complaint_id=row.pk, axes=stages.ORDINARY)
    assert newest(row, "ma_grievance_answer").due_at == AT + DAY
    assert newest(row, "ma_external_reversal").is_open


def test_what_a_reviewer_granted_is_due_and_somebody_records_that_it_is_done(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    start(agent, row, CARRIED_OUT)
    assert newest(row, "ma_external_reversal").due_at == datetime(2026, 6, 16, 4, 0, tzinfo=UTC)
    meet(agent, row)
    clock = newest(row, "ma_external_reversal")
    assert (clock.state, clock.ended_at) == (ClockState.MET, AT + 3 * HOUR)
    codes = [entry.code for entry in stages.all_of(TimelineEntry, row)]
    assert (codes.count("date_started"), codes.count("date_met")) == (1, 1)
    assert {stages.opened(note, "body") for note in stages.all_of(Note, row)} == {
        "She complains that we took more time.",
        "Approved in the claims system.",
    }
    told = Event.objects.filter(action__in=["complaint.date_started", "complaint.date_met"], matter_id=row.pk)
    assert told.count() == 2


def test_a_regulators_inquiry_is_due_by_the_limit_that_its_letter_gives(agent):
    row = stages.assessed(agent)
    Complaint.objects.unscoped("a test").filter(pk=row.pk).update(channel=Channel.REGULATOR)
    with pytest.raises(TransitionRefused, match="leaves the limit open"):
        start(agent, row, INQUIRY)
    start(agent, row, INQUIRY, days=10)
    assert newest(row, "regulator_answer").due_at == datetime(2026, 6, 12, 4, 0, tzinfo=UTC)
    start(agent, row, INQUIRY, days=15)  # a second letter gave more time
    assert newest(row, "regulator_answer").due_at == datetime(2026, 6, 17, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"began_at": AT + 2 * HOUR}, "still to come"),
        ({"began_at": AT - HOUR}, "before we got the complaint"),
        ({"days": 3}, "sets this limit itself"),
        ({"rule": INQUIRY}, "does not fit the complaint"),
        ({"rule": CARRIED_OUT, "began_at": datetime(1999, 1, 1, tzinfo=UTC)}, "no rule or no calendar for that day"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(agent, words, said):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    with pytest.raises(TransitionRefused, match=said):
        start(agent, row, **words)
    assert stages.all_of(Note, row) == []


def test_pressed_twice_it_starts_once_and_a_second_time_it_is_running_already(agent):
    row, key = stages.assessed(agent, line_of_business=MEDICARE), new_id()
    for _ in range(2):
        start(agent, row, key=key)
    with pytest.raises(TransitionRefused, match="running already"):
        start(agent, row)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"done_at": AT + 2 * DAY}, "still to come"),
        ({"done_at": AT - HOUR}, "before the date began"),
        ({"kind": "ma_grievance_answer"}, "our own answer is what meets it"),
        ({"kind": "ma_own_reversal"}, "not owed any more"),
    ],
)
def test_what_is_not_done_cannot_be_recorded(agent, words, said):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    start(agent, row, CARRIED_OUT)
    with pytest.raises(TransitionRefused, match=said):
        meet(agent, row, **words)


def test_the_owner_and_a_lead_start_a_date_and_nobody_else(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    with pytest.raises(TransitionRefused, match="has this complaint"):
        start(actor_of(staff(Role.AGENT)), row)
    with pytest.raises(ActionForbidden):
        start(actor_of(staff(Role.AUDITOR)), row)
    start(actor_of(staff(Role.LEAD)), row)


def test_a_pack_that_is_off_or_for_other_coverage_is_not_offered(agent, settings):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    assert "part_d_grievance" not in {version.pack for version in startable(row)}
    settings.ENABLED_PACKS = []
    assert {version.pack for version in startable(row) if not version.enabled} == set()


def test_at_the_desk_a_date_is_started_and_met_with_the_words_kept_when_it_is_refused(desk):
    row = stages.assessed(desk.actor, line_of_business=MEDICARE)
    starting, meeting = (reverse(f"desk:{act}", args=[row.reference]) for act in ("start_date", "meet_date"))
    case = reverse("desk:case", args=[row.reference])
    assert starting in desk.get(case).content.decode()
    assert "Answer the expedited grievance" in desk.get(starting).content.decode()
    assert "No date of a law waits" in desk.get(meeting).content.decode()
    typed = {"rule": ":".join(CARRIED_OUT), "moment": "2026-06-01 12:00", "words": "The reviewer’s notice came."}
    for wrong, said in (({"moment": "yesterday"}, "is no date and time"), ({"days": "3"}, "sets this limit itself")):
        refused = desk.post(starting, typed | wrong)
        assert refused.status_code in {409, 422}
        page = html.unescape(refused.content.decode())
        assert said in page
        assert "The reviewer’s notice came." in page
    assert desk.post(starting, typed).url == case
    assert meeting in desk.get(case).content.decode()
    done = {"kind": "ma_external_reversal", "moment": "2026-06-02 09:00", "words": "Approved."}
    assert desk.post(meeting, done).url == case
    assert newest(row, "ma_external_reversal").state == ClockState.MET


def test_somebody_who_only_reads_finds_no_way_to_start_a_date(client, agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    sign_in(client, staff(Role.AUDITOR))
    assert "start-date" not in client.get(reverse("desk:case", args=[row.reference])).content.decode()
    assert client.get(reverse("desk:start_date", args=[row.reference])).status_code == 403
