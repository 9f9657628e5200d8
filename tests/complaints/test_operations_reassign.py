"""Whose a complaint becomes when a date says that somebody else has to answer for it."""

from collections import Counter

import pytest
from django.core import mail

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.models import Complaint, Task, TimelineEntry
from complaints.operations import escalate_complaints, withdraw_complaint
from members.accounts.models import User
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.operations import disable_account
from slas.models import ClockState
from tests.complaints import stages
from tests.complaints.firings import WARNED, clock_of, fire, firings, firings_of
from tests.complaints.stages import AT
from tests.members.representing import represented
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")


@pytest.fixture
def other_lead(lead):  # noqa: ARG001 -- comes second
    return actor_of(staff(Role.LEAD, name="Kim Cho"))


def owner_of(row):
    return stages.now(row).owner_id


def handed_over():
    return Dispatch.objects.filter(kind=DispatchKind.HANDED_OVER)


def test_a_missed_date_gives_the_complaint_to_a_lead_who_is_told_by_email(agent, lead):
    row = stages.taken(agent)
    fire(clock_of(row), "reassign")
    assert owner_of(row) == lead.user_id
    [dispatch] = handed_over()
    assert dispatch.to_user_id == lead.user_id
    send_email(dispatch, at=AT)
    assert mail.outbox[0].subject == f"You have complaint {row.reference} now"
    assert "was given to you, because a date was missed" in mail.outbox[0].body
    assert f"/desk/cases/{row.reference}/" in mail.outbox[0].body
    assert "Joseph" not in mail.outbox[0].body


def test_timeline_and_audit_tell_from_whom_to_whom(agent, lead):
    row = stages.taken(agent)
    fire(clock_of(row), "reassign")
    [entry] = TimelineEntry.objects.unscoped("test").filter(complaint_id=row.pk, code="reassigned")
    [event] = Event.objects.filter(action="complaint.reassigned", matter_id=row.pk)
    assert entry.audience == "staff"
    for detail in (entry.detail, event.detail):
        assert (detail["from"], detail["to"], detail["name"]) == (str(agent.user_id), str(lead.user_id), lead.label)


def test_before_the_date_an_agent_gets_what_nobody_has(agent, lead):  # noqa: ARG001 -- a lead is there, and not asked
    row = stages.received()
    fire(clock_of(row), "reassign", code=WARNED)
    assert owner_of(row) == agent.user_id


def test_it_goes_to_whoever_has_the_fewest_open_complaints_and_counts_along(lead, other_lead):
    stages.taken(lead)
    stages.closed(other_lead)
    rows = [stages.received() for _ in range(5)]
    escalate_complaints(at=AT, firings=firings_of(rows, "reassign"))
    assert Counter(owner_of(row) for row in rows) == {other_lead.user_id: 3, lead.user_id: 2}


def test_among_equals_it_goes_to_who_has_been_a_lead_the_longest(lead, other_lead):  # noqa: ARG001 -- comes second
    row = stages.received()
    fire(clock_of(row), "reassign")
    assert owner_of(row) == lead.user_id


def test_never_to_whoever_has_it(lead, other_lead):
    for _ in range(2):
        stages.taken(other_lead)
    row = stages.taken(lead)
    fire(clock_of(row), "reassign")
    assert owner_of(row) == other_lead.user_id


def test_never_to_the_member_it_is_about(lead, other_lead):
    row = stages.received()
    Complaint.objects.unscoped("test").filter(pk=row.pk).update(filed_by=lead.user_id)
    fire(clock_of(row), "reassign", "notify_lead")
    assert owner_of(row) == other_lead.user_id
    assert not Dispatch.objects.filter(to_user=lead.user_id).exists()


def test_never_to_who_acts_for_the_member_it_is_about_as_long_as_that_lasts(lead, other_lead):
    insured = stages.insured()
    row = stages.received(by=insured)
    mandate = represented(insured.member, User.objects.get(pk=lead.user_id), at=AT)
    fire(clock_of(row), "reassign", "notify_lead")
    assert owner_of(row) == other_lead.user_id
    assert not Dispatch.objects.filter(to_user=lead.user_id).exists()
    later = stages.received(by=insured)
    fire(clock_of(later), "reassign", at=mandate.expires_at)
    assert owner_of(later) == lead.user_id


def test_never_to_somebody_who_has_left(lead, other_lead):
    disable_account(actor=SYSTEM, at=AT, user_id=lead.user_id)
    row = stages.received()
    fire(clock_of(row), "reassign")
    assert owner_of(row) == other_lead.user_id


def test_where_nobody_else_is_there_it_stays(lead):
    row = stages.taken(lead)
    fire(clock_of(row), "reassign")
    assert (owner_of(row), handed_over().count()) == (lead.user_id, 0)


def test_doing_it_again_does_not_move_it_on(agent, lead, other_lead):  # noqa: ARG001 -- one more who could get it
    row = stages.taken(agent)
    for _ in range(3):
        fire(clock_of(row), "reassign")
    assert (owner_of(row), handed_over().count()) == (lead.user_id, 1)


def test_what_was_answered_or_has_ended_stays_where_it_is(agent, lead):  # noqa: ARG001 -- one who could get it
    row = stages.taken(agent)
    clock = clock_of(row)
    clock.state = ClockState.MISSED
    escalate_complaints(at=AT, firings=firings(clock, "reassign"))
    insured = stages.insured()
    ended = stages.taken(agent, by=insured)
    clock = clock_of(ended)
    withdraw_complaint(actor=insured.actor, at=AT, complaint_id=ended.pk)
    escalate_complaints(at=AT, firings=firings(clock, "reassign"))
    assert {owner_of(row), owner_of(ended)} == {agent.user_id}


def test_the_tasks_go_along_and_a_new_one_is_the_new_owners(agent, lead):
    row = stages.taken(agent)
    fire(clock_of(row), "open_task", code=WARNED)
    fire(clock_of(row), "open_task", "reassign")
    tasks = Task.objects.unscoped("test").filter(complaint=row.pk)
    assert [task.assignee_id for task in tasks] == [lead.user_id] * 2


def test_an_urgent_complaint_that_gets_an_owner_gets_the_confirmation_that_names_the_person(lead):
    row = stages.received(harm_if_waiting=True)
    fire(clock_of(row), "reassign")
    named = Dispatch.objects.filter(kind=DispatchKind.ACKNOWLEDGEMENT, matter_id=row.pk).last()
    assert named.detail == {"case_manager": str(lead.user_id)}
