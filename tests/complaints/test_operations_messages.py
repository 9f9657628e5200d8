"""Messages: both sides write here, and our reply has a clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from complaints.correspondence.models import Direction, Dispatch, DispatchKind, Message
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, TimelineEntry
from complaints.operations import send_message, withdraw_complaint
from complaints.permissions import HANDLERS, READERS, ActionForbidden
from members.actors import Role
from members.identifiers import new_id
from slas.models import Clock, ClockState
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.config.objects import as_member
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")


def write(actor, row, body="Hello.", **kwargs):
    return send_message(actor=actor, at=kwargs.pop("at", AT), complaint_id=row.pk, body=body, **kwargs)


def reply_clock(row):
    return Clock.objects.get(matter_id=row.pk, kind="message_reply")


@pytest.fixture
def insured(policies):  # noqa: ARG001 -- a complaint needs them
    return stages.insured()


def test_a_members_message_starts_the_clock_of_our_reply_and_ours_meets_it(agent, insured):
    row = stages.received(by=insured)
    write(insured.actor, row, "Any news?")
    assert reply_clock(row).due_at == AT + timedelta(hours=24)
    write(agent, row, "Soon.", at=AT + timedelta(hours=23))
    assert reply_clock(row).state == ClockState.MET
    assert [message.direction for message in stages.all_of(Message, row)] == [
        Direction.FROM_MEMBER,
        Direction.TO_MEMBER,
    ]


def test_two_messages_in_a_row_are_one_promise(insured):
    row = stages.received(by=insured)
    write(insured.actor, row)
    write(insured.actor, row, at=AT + timedelta(hours=1))
    assert reply_clock(row).due_at == AT + timedelta(hours=24)


def test_a_message_after_our_answer_is_a_promise_of_its_own_and_the_kept_one_stays_kept(agent, insured):
    row = stages.received(by=insured)
    write(insured.actor, row)
    write(agent, row, at=AT + timedelta(hours=2))
    write(insured.actor, row, "And the other bill?", at=AT + timedelta(hours=30))

    clocks = Clock.objects.filter(matter_id=row.pk, kind="message_reply").order_by("cycle")
    assert [(clock.cycle, clock.state, clock.due_at) for clock in clocks] == [
        (1, ClockState.MET, AT + timedelta(hours=24)),
        (2, ClockState.RUNNING, AT + timedelta(hours=54)),
    ]


def test_the_notice_holds_nothing_of_the_message(agent, insured):
    row = stages.received(by=insured)
    write(agent, row, "Your knee is covered.")
    notice = Dispatch.objects.get(kind=DispatchKind.MESSAGE_READY)
    assert (notice.detail, notice.to_user_id) == ({}, None)


def test_nobody_writes_into_the_portal_for_somebody_who_cannot_read_it(agent):
    with pytest.raises(TransitionRefused, match="Call, or write by post"):
        write(agent, stages.received())
    assert not stages.all_of(Message)


def test_a_member_answers_on_a_closed_complaint(agent, insured):
    row = stages.closed(agent, by=insured)
    write(insured.actor, row, "This did not solve it.")
    assert reply_clock(row).state == ClockState.RUNNING


def test_staff_who_are_members_write_as_members_on_their_own_complaint(insured):
    both = replace(insured.actor, roles=frozenset({Role.MEMBER, Role.AGENT}))
    row = stages.received(by=insured)
    assert write(both, row).direction == Direction.FROM_MEMBER


def test_foreign_members_and_readers_do_not_write(insured):
    row = stages.received(by=insured)
    with pytest.raises(Complaint.DoesNotExist):
        write(stages.insured().actor, row)
    with pytest.raises(ActionForbidden):
        write(actor_of(staff(Role.AUDITOR)), row)


def test_a_message_that_is_pressed_twice_is_one_message(agent, insured):
    row, key = stages.received(by=insured), new_id()
    for _ in range(2):
        write(agent, row, key=key)
    assert len(stages.all_of(Message, row)) == 1
    assert [entry.code for entry in stages.all_of(TimelineEntry, row)] == ["submitted", "message_sent"]
    assert Dispatch.objects.filter(kind=DispatchKind.MESSAGE_READY).count() == 1


@pytest.mark.parametrize("role", sorted(READERS - HANDLERS))
def test_to_be_a_member_too_lets_no_reader_write_to_another(role, insured):
    row = stages.received(by=insured)
    user = staff(role)
    both = as_member(user).actor
    with pytest.raises(ActionForbidden):
        write(both, row)
    assert not stages.all_of(Message, row)


@pytest.mark.parametrize("role", sorted(READERS))
def test_to_be_a_member_too_lets_nobody_withdraw_what_is_anothers(role, insured):
    row = stages.received(by=insured)
    both = as_member(staff(role)).actor
    with pytest.raises(TransitionRefused, match="Only the member can do this, or somebody who acts for the member"):
        withdraw_complaint(actor=both, at=AT, complaint_id=row.pk)
    assert stages.now(row).state == "received"
