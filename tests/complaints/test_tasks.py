"""What is to do beside the way of a case: opened once for its cause, shown to whom it waits for, done with a press."""

import html
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.urls import reverse

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.models import Complaint, Task, TimelineEntry
from complaints.operations import finish_task, record_sent, record_undeliverable, take_complaint
from complaints.permissions import ActionForbidden
from complaints.queries.tasks import my_tasks
from members.accounts.models import User
from members.actors import Role
from members.audit.models import Event
from members.identifiers import new_id
from slas.models import Outbox
from slas.outbox import bury
from slas.relay import TRIES_OUTSIDE
from tests.complaints import stages
from tests.complaints.firings import BREACHED, WARNED, clock_of, fire
from tests.complaints.leaving import LEAVING
from tests.complaints.stages import AT
from tests.people import actor_of, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")


def tasks(**filters):
    return list(Task.objects.unscoped("test").filter(**filters).order_by("opened_at", "pk"))


def listed(actor, page=None):
    return [line.reference for line in my_tasks(actor=actor, page=page, at=AT).object_list]


def bounced(row):
    dispatch = Dispatch.objects.get(matter_id=row.pk, kind=DispatchKind.ACKNOWLEDGEMENT)
    record_undeliverable(at=AT, dispatch_id=dispatch.pk)
    return dispatch


def codes(row):
    entries = sorted(stages.all_of(TimelineEntry, row), key=lambda entry: (entry.at, entry.pk))
    return [entry.code for entry in entries][1:]


def test_a_threshold_opens_one_task_for_the_owner_however_often_it_is_told(agent):
    row = stages.taken(agent)
    clock = clock_of(row)
    for _ in range(2):
        fire(clock, "open_task", code=WARNED)
    [task] = tasks()
    assert (task.assignee_id, task.role, task.due_at, task.reference) == (
        agent.user_id, "", clock.due_at, row.reference
    )  # fmt: skip
    assert codes(row).count("task_opened") == 1
    assert Event.objects.filter(action="complaint.task_opened", matter_id=row.pk).count() == 1


def test_what_nobody_has_is_a_task_of_any_lead(lead, agent):
    row = stages.received()
    fire(clock_of(row), "open_task")
    assert [task.role for task in tasks()] == [Role.LEAD]
    assert (listed(lead), listed(agent)) == ([row.reference], [])


def test_another_threshold_opens_another_task(agent):
    clock = clock_of(stages.taken(agent))
    for code in (WARNED, BREACHED):
        fire(clock, "open_task", code=code)
    assert len(tasks()) == 2


def test_a_task_of_a_clock_is_gone_once_what_was_owed_is_done(agent):
    row = stages.taken(agent)
    fire(clock_of(row), "open_task", at=AT)
    assert listed(agent) == [row.reference]
    record_sent(at=AT + timedelta(hours=1), dispatch_id=Dispatch.objects.get(kind=DispatchKind.ACKNOWLEDGEMENT).pk)
    assert listed(agent) == []


def test_tasks_follow_the_case_to_whoever_takes_it_and_those_of_others_stay(agent, lead):
    row = stages.taken(agent)
    fire(clock_of(row), "open_task", code=WARNED)
    bounced(stages.received())
    take_complaint(actor=lead, at=AT, complaint_id=row.pk, from_owner_id=agent.user_id)
    assert [(task.assignee_id, task.role) for task in tasks(matter=row.pk)] == [(lead.user_id, "")]
    assert len(tasks(role=Role.LEAD)) == 1


def test_a_bounce_is_a_task_for_the_owner_until_the_promise_is_due(agent):
    row = stages.taken(agent)
    bounced(row)
    [task] = tasks()
    assert (task.kind, task.assignee_id, task.due_at) == ("reach_complainant", agent.user_id, clock_of(row).due_at)
    assert codes(row)[-2:] == ["send_failed", "task_opened"]
    assert my_tasks(actor=agent, page=None, at=AT).object_list[0].words == (
        "Reach the complainant another way: the confirmation of receipt could not be delivered"
    )


@pytest.mark.parametrize("happened", LEAVING)
def test_a_bounce_is_the_leads_where_its_owner_can_work_on_it_no_longer(agent, happened):
    insured = stages.insured()
    row = stages.taken(agent, by=insured)
    happened(User.objects.get(pk=agent.user_id), insured.member)
    bounced(row)
    [task] = tasks()
    assert (task.assignee_id, task.role) == (None, Role.LEAD)


def test_a_bounce_that_uses_up_its_tries_is_a_task_for_the_leads(lead):
    row = stages.received()
    dispatch = Dispatch.objects.get(kind=DispatchKind.ACKNOWLEDGEMENT)
    pair = (row.pk, f"send:{dispatch.pk}")
    Outbox.objects.filter(pk=pair).update(attempts=TRIES_OUTSIDE, next_try_at=Now(), fault="SMTPException")
    assert bury() == 1
    assert listed(lead) == [row.reference]


def test_an_email_that_arrives_after_all_settles_its_task(agent):
    row = stages.taken(agent)
    dispatch = bounced(row)
    record_sent(at=AT + timedelta(hours=1), dispatch_id=dispatch.pk)
    [task] = tasks()
    assert (task.done_at, task.done_by) == (AT + timedelta(hours=1), None)


def test_a_colleague_whom_no_email_reaches_is_one_task_a_day_for_the_leads(agent, lead):
    for _ in range(3):
        fire(clock_of(stages.taken(agent)), "notify_owner", at=AT)
    for dispatch in Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT):
        record_undeliverable(at=AT, dispatch_id=dispatch.pk)
    [task] = my_tasks(actor=lead, page=None, at=AT).object_list
    assert task.words == f"Tell a colleague whom no e-mail reaches: {agent.label}"


def test_a_task_is_done_once_and_by_whom_is_known(agent, lead):
    row = stages.taken(agent)
    fire(clock_of(row), "open_task", code=WARNED)
    [task] = tasks()
    at = task.opened_at + timedelta(minutes=1)
    for actor in (lead, agent):
        finish_task(actor=actor, at=at, task_id=task.pk)
    [task] = tasks()
    assert (task.done_at, task.done_by_id) == (at, lead.user_id)
    assert Event.objects.filter(action="complaint.task_done").count() == 1


def test_who_reads_only_and_whose_own_complaint_it_is_cannot_finish_a_task(agent, lead):
    row = stages.taken(agent)
    bounced(row)
    [task] = tasks()
    with pytest.raises(ActionForbidden):
        finish_task(actor=actor_of(staff(Role.AUDITOR)), at=AT, task_id=task.pk)
    Complaint.objects.unscoped("test").filter(pk=row.pk).update(filed_by=lead.user_id)
    with pytest.raises(Task.DoesNotExist):
        finish_task(actor=lead, at=AT, task_id=task.pk)


@pytest.mark.parametrize("changes", [{"role": "lead"}, {"assignee": None}, {"assignee": None, "role": "member"}])
def test_the_database_wants_one_person_or_one_role(agent, changes):
    bounced(stages.taken(agent))
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.unscoped("test").update(**changes)


# Pages


def shown(response):
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("number", [1, 3])
def test_my_tasks_lists_what_waits_for_me_with_a_fixed_number_of_queries(desk, number, django_assert_num_queries):
    rows = [stages.taken(desk.actor) for _ in range(number)]
    other = stages.received()
    for row in (*rows, other):
        bounced(row)
    desk.get(reverse("desk:tasks"))
    with django_assert_num_queries(4):  # session and person, then the count and the page
        page = shown(desk.get(reverse("desk:tasks")))
    assert [row.reference in page for row in rows] == [True] * number
    assert other.reference not in page


def test_nothing_to_do_is_said(desk):
    assert "Nothing to do here" in shown(desk.get(reverse("desk:tasks")))


def test_a_long_list_has_pages(desk):
    row = stages.taken(desk.actor)
    bounced(row)
    [task] = tasks()
    for number in range(50):
        task.pk, task.cause = new_id(), f"send:{number}"
        task.save(force_insert=True)
    assert "1–50 of 51" in shown(desk.get(reverse("desk:tasks")))
    for page in (2, 99):
        assert "51–51 of 51" in shown(desk.get(reverse("desk:tasks"), {"page": page}))


def test_a_press_on_the_list_leads_back_to_it_and_one_on_the_case_to_the_case(desk):
    row = stages.taken(desk.actor)
    bounced(row)
    [task] = tasks()
    page = shown(desk.get(reverse("desk:case", args=[row.reference])))
    assert "Reach the complainant another way: the confirmation of receipt could not be delivered" in page
    address = reverse("desk:task_done", args=[task.pk])
    assert "It is done" in shown(desk.get(address))
    assert desk.post(address, {"from": "tasks"}).url == reverse("desk:tasks")
    assert "This task was done on" in shown(desk.get(address))
    assert desk.post(address).url == reverse("desk:case", args=[row.reference])
    assert "To do" not in shown(desk.get(reverse("desk:case", args=[row.reference])))


def test_an_auditor_sees_what_is_to_do_without_a_button(client, agent):
    row = stages.taken(agent)
    bounced(row)
    sign_in(client, staff(Role.AUDITOR))
    page = shown(client.get(reverse("desk:case", args=[row.reference])))
    assert "Reach the complainant another way" in page
    assert "/tasks/" not in page


def test_the_task_of_ones_own_complaint_is_not_there(desk):
    row = stages.received()
    bounced(row)
    Complaint.objects.unscoped("test").filter(pk=row.pk).update(filed_by=desk.actor.user_id)
    assert desk.get(reverse("desk:task_done", args=[tasks()[0].pk])).status_code == 404
