"""What a warned or missed clock sets off, through the sweep and the outbox as they run."""

import pytest
from django.core import mail

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import Priority, TimelineCode
from complaints.models import Task, TimelineEntry
from complaints.operations import UnknownAction, escalate_complaints, withdraw_complaint
from complaints.receivers import escalate
from members.accounts.models import User
from members.actors import Role
from slas.models import ClockState
from slas.signals import clock_breached, clock_warned
from tests.complaints import stages
from tests.complaints.firings import ALL, WARNED, clock_of, fire, firings, firings_of
from tests.complaints.leaving import LEAVING
from tests.complaints.stages import AT
from tests.people import actor_of, staff

QUERIES = 19
pytestmark = pytest.mark.usefixtures("policies")


def alerted():
    return sorted(str(dispatch.to_user) for dispatch in Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT))


def codes(row):
    entries = sorted(stages.all_of(TimelineEntry, row), key=lambda entry: (entry.at, entry.pk))
    return [entry.code for entry in entries][1:]


def test_the_receiver_is_connected():
    for signal in (clock_warned, clock_breached):
        assert escalate in [reference() for _key, reference, *_rest in signal.receivers]


def test_a_breach_tells_the_lead_raises_the_priority_and_stands_on_the_timeline(lead):
    row = stages.received()
    fire(clock_of(row), *ALL)
    assert alerted() == [lead.label]
    assert stages.now(row).priority == Priority.HIGH
    assert codes(row) == ["clock_breached", "priority_raised"]
    told = [entry for entry in stages.all_of(TimelineEntry, row) if entry.code != TimelineCode.SUBMITTED]
    assert {entry.audience for entry in told} == {"staff"}


def test_owner_and_lead_are_each_told_once_of_a_threshold(agent, lead):
    row = stages.taken(agent)
    fire(clock_of(row), *ALL)
    assert alerted() == sorted([agent.label, lead.label])


def test_a_lead_who_owns_the_case_is_told_once(lead):
    row = stages.taken(lead)
    fire(clock_of(row), *ALL)
    assert alerted() == [lead.label]


def test_a_warning_tells_the_owner_and_raises_nothing(agent, lead):  # noqa: ARG001 -- a lead is there, and not told
    row = stages.taken(agent)
    fire(clock_of(row), "notify_owner", code=WARNED)
    assert alerted() == [agent.label]
    assert (stages.now(row).priority, codes(row)[1:]) == (Priority.NORMAL, ["clock_warned"])


def test_a_warning_of_what_nobody_owns_tells_the_leads(lead):
    other = actor_of(staff(Role.LEAD, name="Kim Cho"))
    fire(clock_of(stages.received()), "notify_owner", code=WARNED)
    assert alerted() == sorted([lead.label, other.label])


@pytest.mark.parametrize("happened", LEAVING)
def test_what_its_owner_can_work_on_no_longer_is_told_and_given_to_the_leads(agent, lead, happened):
    insured = stages.insured()
    row = stages.taken(agent, by=insured)
    Dispatch.objects.all().delete()
    happened(User.objects.get(pk=agent.user_id), insured.member)
    fire(clock_of(row), "notify_owner", "open_task", code=WARNED)
    told = set(Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT).values_list("to_user", flat=True))
    assert lead.user_id in told
    assert agent.user_id not in told
    [task] = Task.objects.unscoped("test").filter(complaint=row.pk)
    assert (task.assignee_id, task.role) == (None, Role.LEAD)


def test_doing_it_all_again_changes_nothing(lead):
    row = stages.received()
    for _ in range(3):
        fire(clock_of(row), *ALL)
    assert alerted() == [lead.label]
    assert (stages.now(row).priority, codes(row)) == (Priority.HIGH, ["clock_breached", "priority_raised"])


def test_each_threshold_raises_once_and_urgent_is_the_top():
    row = stages.received()
    fire(clock_of(row), "raise_priority")
    fire(clock_of(row, "resolve"), "raise_priority")
    fire(clock_of(row, "resolve"), "raise_priority", code=110)
    assert stages.now(row).priority == Priority.URGENT
    assert codes(row).count("priority_raised") == 2


def answered(clock):
    clock.state = ClockState.MET
    return clock


def test_once_the_answer_was_given_only_a_breach_is_told(lead):
    row = stages.received()
    clock = clock_of(row)
    escalate_complaints(at=AT, firings=firings(answered(clock), "notify_owner", code=WARNED))
    assert alerted() == []
    escalate_complaints(at=AT, firings=firings(answered(clock), "notify_lead"))
    assert alerted() == [lead.label]


def test_what_has_ended_does_not_move_up():
    insured = stages.insured()
    row = stages.received(by=insured)
    clock = clock_of(row)
    withdraw_complaint(actor=insured.actor, at=AT, complaint_id=row.pk)
    escalate_complaints(at=AT, firings=firings(answered(clock), "raise_priority"))
    assert stages.now(row).priority == Priority.NORMAL


def test_an_envelope_of_many_takes_as_many_queries_as_one(lead, django_assert_num_queries):  # noqa: ARG001 -- is told
    rows = [stages.received() for _ in range(41)]
    everything = (*ALL, "notify_role:auditor", "open_task", "reassign")
    for some in (rows[:1], rows[1:]):
        envelope = firings_of(some, *everything)
        with django_assert_num_queries(QUERIES):
            escalate_complaints(at=AT, firings=envelope)
    assert {stages.now(row).priority for row in rows} == {Priority.HIGH}


def test_an_action_that_nobody_knows_is_refused_aloud():
    with pytest.raises(UnknownAction):
        escalate_complaints(at=AT, firings=firings(clock_of(stages.received()), "notify_the_press"))


def test_the_alert_names_the_case_the_clock_and_the_date_and_no_health_data(lead):
    row = stages.received(narrative="My knee hurts.")
    fire(clock_of(row), "notify_lead")
    send_email(Dispatch.objects.get(kind=DispatchKind.CLOCK_ALERT), at=AT)
    message = mail.outbox[0]
    assert message.subject == f"Overdue: Confirm receipt, {row.reference}"
    assert "Confirm receipt: was due by Wednesday, June 3, 2026, 5:00 PM" in message.body
    assert f"/desk/cases/{row.reference}/" in message.body
    assert "knee" not in message.body
    assert "Joseph" not in message.body
    assert lead.label not in message.body


def test_a_warning_says_that_there_is_still_time(agent):
    row = stages.taken(agent)
    fire(clock_of(row), "notify_owner", code=WARNED)
    send_email(Dispatch.objects.get(kind=DispatchKind.CLOCK_ALERT), at=AT)
    assert mail.outbox[0].subject.startswith("Due soon: Confirm receipt")
    assert "There is still time." in mail.outbox[0].body
