"""A notice goes out, fails to, or is posted: with its proof, and with somebody's task until then."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind, Notice
from complaints.enums import LineOfBusiness, TaskKind, TimelineCode
from complaints.lifecycle import TransitionRefused
from complaints.models import Task, TimelineEntry
from complaints.notices.receivers import give_up_making, make
from complaints.operations import (
    finish_task,
    inform_member,
    record_sent,
    record_undeliverable,
    send_notice,
)
from complaints.permissions import ActionForbidden
from slas.models import Clock
from tests.complaints import stages
from tests.complaints.delays import LATE, missed, tasks_to_send

pytestmark = pytest.mark.usefixtures("policies")
MEDICARE = LineOfBusiness.MEDICARE_ADVANTAGE


def test_a_letter_online_is_sent_when_the_mail_server_has_its_notice(mailoutbox):
    row = stages.received(by=stages.insured(), line_of_business=MEDICARE)
    missed(row)
    dispatch = Dispatch.objects.get(kind=DispatchKind.NOTICE_READY)
    send_email(dispatch, at=LATE)
    record_sent(at=LATE, dispatch_id=dispatch.pk)
    [notice] = stages.all_of(Notice, row)
    assert (notice.channel, notice.sent_at) == ("portal", LATE)
    assert stages.all_of(TimelineEntry, row)[-1].code == TimelineCode.NOTICE_SENT
    [message] = mailoutbox
    assert message.subject == f"A letter about your complaint {row.reference} is ready"
    assert not [word for word in ("Joseph", "denied", "Medicare", "422") if word in message.subject + message.body]
    assert dispatch.detail == {"notice": str(notice.pk)}


def test_a_letter_that_cannot_go_online_is_a_task_until_it_is_posted(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    [notice] = missed(row)
    [task] = tasks_to_send(row)
    assert (task.kind, task.assignee_id, task.done_at) == (TaskKind.SEND_NOTICE, agent.user_id, None)
    send_notice(actor=agent, at=LATE, complaint_id=row.pk, notice_id=notice.pk)
    [task] = tasks_to_send(row)
    assert (task.done_at, task.done_by_id) == (LATE, agent.user_id)
    assert stages.all_of(Notice, row)[0].sent_at == LATE


def test_a_press_does_not_bury_a_letter_that_nobody_has_sent(desk):
    row = stages.assessed(desk.actor, line_of_business=MEDICARE)
    [notice] = missed(row)
    [task] = tasks_to_send(row)
    with pytest.raises(TransitionRefused, match="Record that it was sent"):
        finish_task(actor=desk.actor, at=LATE, task_id=task.pk)
    sending = reverse("desk:send_notice", args=[row.reference, notice.pk])
    ending = reverse("desk:task_done", args=[task.pk])
    for address in (reverse("desk:tasks"), reverse("desk:case", args=[row.reference]), ending):
        assert sending in desk.get(address).content.decode()
    refused = desk.post(ending)
    assert refused.status_code == 409
    assert "There is a problem" in refused.content.decode()
    assert tasks_to_send(row)[0].done_at is None
    assert desk.post(sending).status_code == 302
    assert tasks_to_send(row)[0].done_at


def test_a_letter_that_has_to_be_posted_is_due_at_the_end_of_the_next_business_day(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    missed(row)  # on a Thursday; Friday, July 3 is the holiday
    [task] = tasks_to_send(row)
    assert task.due_at == datetime(2026, 7, 6, 21, 0, tzinfo=UTC)


def test_a_letter_whose_e_mail_reaches_nobody_is_a_task_to_post_it(agent):
    row = stages.assessed(agent, by=stages.insured(), line_of_business=MEDICARE)
    [notice] = missed(row)
    dispatch = Dispatch.objects.get(kind=DispatchKind.NOTICE_READY)
    record_undeliverable(at=LATE, dispatch_id=dispatch.pk)
    [task] = tasks_to_send(row)
    assert (task.notice_id, task.due_at is None) == (notice.pk, False)
    record_sent(at=LATE + timedelta(hours=1), dispatch_id=dispatch.pk)
    assert tasks_to_send(row)[0].done_at == LATE + timedelta(hours=1)


def test_what_could_not_be_made_is_somebodys_task_until_it_is_made(agent, transactional_db):  # noqa: ARG001 -- effects outside commit
    row = stages.assessed(agent, line_of_business=MEDICARE)
    clock = Clock.objects.get(matter_id=row.pk, kind="ma_grievance_answer")
    told = (row.pk, "notices:x", {"clock": str(clock.id), "epoch": clock.epoch, "code": 100})
    for _ in range(2):
        give_up_making(*told)
    [task] = Task.objects.unscoped("a test looks").filter(kind=TaskKind.WRITE_NOTICE)
    assert (task.assignee_id, task.detail, bool(task.due_at)) == (
        agent.user_id,
        {"title": "Answer the grievance"},
        True,
    )
    make(*told)
    task.refresh_from_db()
    assert (bool(task.done_at), task.done_by_id) == (True, None)


def test_what_was_sent_once_keeps_its_first_proof(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    [notice] = missed(row)
    for hours in (0, 1):
        send_notice(actor=agent, at=LATE + timedelta(hours=hours), complaint_id=row.pk, notice_id=notice.pk)
    assert stages.all_of(Notice, row)[0].sent_at == LATE


def test_a_letter_online_is_posted_only_if_its_notice_reached_nobody(agent):
    row = stages.assessed(agent, by=stages.insured(), line_of_business=MEDICARE)
    [notice] = missed(row)
    posting = {"actor": agent, "at": LATE, "complaint_id": row.pk, "notice_id": notice.pk}
    with pytest.raises(TransitionRefused, match="goes online"):
        send_notice(**posting)
    record_undeliverable(at=LATE, dispatch_id=Dispatch.objects.get(kind=DispatchKind.NOTICE_READY).pk)
    assert send_notice(**posting).sent_at == LATE


def test_a_member_cannot_say_that_it_was_sent(agent):
    insured = stages.insured()
    row = stages.assessed(agent, by=insured, line_of_business=MEDICARE)
    [notice] = missed(row)
    with pytest.raises(ActionForbidden):
        send_notice(actor=insured.actor, at=LATE, complaint_id=row.pk, notice_id=notice.pk)


def test_a_notice_of_another_case_is_not_found(agent):
    mine, other = (stages.assessed(agent, line_of_business=MEDICARE) for _ in range(2))
    [notice] = missed(other)
    with pytest.raises(Notice.DoesNotExist):
        send_notice(actor=agent, at=LATE, complaint_id=mine.pk, notice_id=notice.pk)


def test_who_has_the_answer_needs_no_letter_of_delay(agent):
    row = stages.lettered(agent, line_of_business=MEDICARE)
    inform_member(actor=agent, at=LATE, complaint_id=row.pk, proof="post")
    assert missed(row) == []
