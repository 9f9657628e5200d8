"""Deciding, writing the letter, proving that it went out, closing, withdrawing."""

from datetime import timedelta

import pytest

from complaints.correspondence.models import Dispatch, DispatchKind, Letter, LetterChannel
from complaints.correspondence.rendering import LetterContent
from complaints.enums import Outcome, RemedyKind, State
from complaints.lifecycle import TransitionRefused
from complaints.models import Decision, TimelineEntry
from complaints.operations import (
    close_complaint,
    inform_member,
    issue_letter,
    record_address,
    record_sent,
    record_undeliverable,
    withdraw_complaint,
)
from complaints.permissions import ActionForbidden
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.identifiers import new_id
from slas.models import Clock, ClockState
from tests.complaints import stages
from tests.complaints.stages import AT, LETTER
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")
LATER = AT + timedelta(days=1)


def told(actor, row, at=LATER):
    return {"actor": actor, "at": at, "complaint_id": row.pk}


def codes(row):
    return [entry.code for entry in stages.all_of(TimelineEntry, row)]


def test_a_decision_keeps_what_it_rests_on(agent):
    row = stages.decided(agent)
    decision = stages.all_of(Decision, row)[0]
    assert (decision.outcome, decision.remedy_kind) == (Outcome.UPHELD, RemedyKind.CLAIM_PAID)
    assert stages.opened(decision, "rationale") == "We said yes before the scan."
    assert (row.state, row.decided_at) == (State.DECIDED, AT)


def test_a_decision_waits_for_the_investigation(agent):
    row = stages.assessed(agent)
    with pytest.raises(TransitionRefused, match="Not yet: the complaint has to be investigated first"):
        stages.decide(agent, row.pk)
    assert not stages.all_of(Decision)


def test_a_decision_that_is_pressed_twice_is_one_decision(agent):
    row, key = stages.investigated(agent), new_id()
    first, second = (stages.decide(agent, row.pk, key=key) for _ in range(2))
    assert (first.pk, second.pk, codes(row).count("decided")) == (key, key, 1)


def test_a_second_decision_is_refused(agent):
    row = stages.decided(agent)
    with pytest.raises(TransitionRefused, match="This cannot be done any more: the complaint is decided"):
        stages.decide(agent, row.pk)


def test_a_letter_is_kept_as_it_goes_out_with_its_pdf(agent):
    row = stages.lettered(agent)
    letter = stages.all_of(Letter, row)[0]
    assert LetterContent.restored(stages.opened(letter, "content")) == LETTER
    assert stages.opened(letter, "pdf").startswith(b"%PDF-")
    assert (letter.sent_at, row.informed_at) == (None, None)
    assert not Dispatch.objects.filter(kind=DispatchKind.LETTER_READY).exists()


def test_a_letter_goes_online_only_to_somebody_who_can_read_it_there(agent):
    guest = stages.decided(agent)
    with pytest.raises(TransitionRefused, match="no account here"):
        issue_letter(**told(agent, guest), content=LETTER, channel=LetterChannel.PORTAL)
    unreachable = stages.decided(agent, by=stages.insured(), email="")
    with pytest.raises(TransitionRefused, match="no account here"):
        issue_letter(**told(agent, unreachable), content=LETTER, channel=LetterChannel.PORTAL)
    assert not stages.all_of(Letter)


def test_the_notice_of_an_online_letter_proves_that_it_was_sent(agent):
    row = stages.lettered(agent, by=stages.insured(), channel=LetterChannel.PORTAL)
    record_sent(at=LATER, dispatch_id=Dispatch.objects.get(kind=DispatchKind.LETTER_READY).pk)
    assert stages.now(row).informed_at == LATER
    assert stages.all_of(Letter, row)[0].sent_at == LATER
    assert codes(row)[-2:] == ["letter_sent", "acknowledged"]


def test_a_letter_whose_notice_failed_can_be_posted(agent):
    row = stages.lettered(agent, by=stages.insured(), channel=LetterChannel.PORTAL)
    record_undeliverable(at=LATER, dispatch_id=Dispatch.objects.get(kind=DispatchKind.LETTER_READY).pk)
    inform_member(**told(agent, row), proof="post")
    assert stages.now(row).informed_at == LATER


def test_a_letter_that_goes_online_is_not_posted_while_its_notice_is_on_its_way(agent):
    row = stages.lettered(agent, by=stages.insured(), channel=LetterChannel.PORTAL)
    with pytest.raises(TransitionRefused, match="This letter goes online"):
        inform_member(**told(agent, row), proof="post")
    assert stages.now(row).informed_at is None


def test_only_who_has_the_case_says_that_its_letter_was_posted(agent, lead):
    row = stages.lettered(agent)
    with pytest.raises(TransitionRefused, match="Ana Lee has this complaint"):
        inform_member(**told(lead, row), proof="post")


def test_no_letter_is_posted_to_nowhere_and_an_address_can_be_recorded(agent):
    row = stages.decided(agent, postal_address="")
    with pytest.raises(TransitionRefused, match="Ask the complainant for it and record it"):
        issue_letter(**told(agent, row), content=LETTER, channel=LetterChannel.POST)
    record_address(**told(agent, row), postal_address="1 Elm Street\nHartford, CT 06103")
    issue_letter(**told(agent, row), content=LETTER, channel=LetterChannel.POST)
    assert stages.opened(stages.now(row), "postal_address") == "1 Elm Street\nHartford, CT 06103"
    [event] = Event.objects.filter(action="complaint.address_recorded", matter_id=row.pk)
    assert (event.detail, event.actor_id) == ({}, agent.user_id)


def test_only_history_leaves_open_what_was_found(agent):
    row = stages.investigated(agent)
    with pytest.raises(TransitionRefused, match="Say what you decided"):
        stages.decide(agent, row.pk, outcome=Outcome.NO_FINDING)
    assert not stages.all_of(Decision)


def test_one_letter_a_complaint(agent):
    row = stages.lettered(agent)
    with pytest.raises(TransitionRefused, match="The decision letter has already been issued"):
        issue_letter(**told(agent, row), content=LETTER, channel=LetterChannel.POST)


def test_a_letter_that_is_issued_twice_by_one_press_is_one_letter(agent):
    row, key = stages.decided(agent), new_id()
    for _ in range(2):
        issue_letter(**told(agent, row), content=LETTER, channel=LetterChannel.POST, key=key)
    assert (len(stages.all_of(Letter)), codes(row).count("letter_issued")) == (1, 1)


def test_who_only_reads_issues_no_letter(agent):
    row = stages.lettered(agent)
    with pytest.raises((ActionForbidden, TransitionRefused)):
        issue_letter(**told(actor_of(staff(Role.AUDITOR)), row), content=LETTER, channel=LetterChannel.POST)


def test_nothing_counts_as_sent_that_was_not_written(agent):
    row = stages.decided(agent)
    with pytest.raises(TransitionRefused, match="The decision letter has not been issued yet"):
        inform_member(**told(agent, row), proof="post")
    assert stages.now(row).informed_at is None


def test_posting_is_recorded_once_and_meets_the_clock_of_receipt(agent):
    row = stages.lettered(agent)
    for hours in (0, 1):
        inform_member(**told(agent, row, LATER + timedelta(hours=hours)), proof="post")
    row = stages.now(row)
    assert (row.informed_at, row.acknowledged_at) == (LATER, LATER)
    assert Clock.objects.get(matter_id=row.pk, kind="acknowledge").state == ClockState.MET
    assert codes(row).count("letter_sent") == 1


def test_a_receipt_that_only_a_late_letter_confirmed_was_missed(agent):
    row = stages.lettered(agent)
    inform_member(**told(agent, row, AT + timedelta(days=10)), proof="post")
    assert Clock.objects.get(matter_id=row.pk, kind="acknowledge").state == ClockState.MISSED


def test_closing_waits_for_the_letter(agent):
    row = stages.lettered(agent)
    with pytest.raises(TransitionRefused, match="The decision letter has not been sent yet"):
        close_complaint(**told(agent, row))


def test_closing_meets_the_clock_of_the_answer(agent):
    row = stages.now(stages.closed(agent))
    assert (row.state, row.closed_at) == (State.CLOSED, AT)
    assert Clock.objects.get(matter_id=row.pk, kind="resolve").state == ClockState.MET
    assert not Clock.objects.filter(matter_id=row.pk, state=ClockState.RUNNING).exists()


def test_closing_twice_changes_nothing(agent):
    row = stages.closed(agent)
    close_complaint(**told(agent, row))
    assert (stages.now(row).closed_at, codes(row).count("closed")) == (AT, 1)


def test_a_member_withdraws_the_own_complaint_once():
    insured = stages.insured()
    row = stages.received(by=insured)
    for _ in range(2):
        withdraw_complaint(**told(insured.actor, row))
    row = stages.now(row)
    assert (row.state, row.withdrawn_at, codes(row).count("withdrawn")) == (State.WITHDRAWN, LATER, 1)
    assert set(Clock.objects.filter(matter_id=row.pk).values_list("state", flat=True)) == {ClockState.CANCELLED}


def test_staff_do_not_withdraw_a_complaint(agent):
    with pytest.raises(ActionForbidden):
        withdraw_complaint(**told(agent, stages.received()))


def test_a_withdrawn_complaint_is_not_told_of_its_decision(agent):
    insured = stages.insured()
    row = stages.lettered(agent, by=insured, channel=LetterChannel.PORTAL)
    withdraw_complaint(**told(insured.actor, row))
    record_sent(at=LATER, dispatch_id=Dispatch.objects.get(kind=DispatchKind.LETTER_READY).pk)
    assert stages.now(row).state == State.WITHDRAWN
    with pytest.raises(TransitionRefused):
        inform_member(actor=SYSTEM, at=LATER, complaint_id=row.pk, proof="email")
