"""What is to do: one person's tasks, and those of one case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet

from complaints.enums import TaskKind
from complaints.models import Complaint, Task
from complaints.permissions import may
from complaints.queries.case_thread import NOTICES
from complaints.time_left import TimeLeft, time_left
from members.actors import Actor, Role

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in a sentence, for whom it is, and how much time is left. `reference` is a complaint's or a CAPA's.

    `notice_id`: the notice whose sending is all that ends this task.
    """

    id: UUID
    reference: str
    of_capa: bool
    words: str
    whose: str
    is_mine: bool
    opened_at: datetime
    done_at: datetime | None
    left: TimeLeft | None
    may_finish: bool
    notice_id: UUID | None


def my_tasks(*, actor: Actor, page: str | None, at: datetime) -> Page:
    """Return a page of what waits for this person, or for one of the person's roles: due first, first. Two queries.

    `page` is what stands in the address: nonsense is the first page, and what lies beyond the end the last one.
    """
    mine = Q(assignee=actor.user_id) | Q(role__in=actor.roles)
    found = Paginator(_still_open(actor).filter(mine), PAGE_SIZE).get_page(page)
    lines = [_line(task, actor, at) for task in found.object_list]
    return Page(lines, found.number, found.paginator)


def tasks_on(complaint: Complaint, *, actor: Actor, at: datetime) -> tuple[TaskLine, ...]:
    """Return what is to do on a case, whoever it waits for: one query."""
    return tuple(_line(task, actor, at) for task in _still_open(actor).filter(complaint_id=complaint.pk))


def find_task(*, actor: Actor, task_id: UUID, at: datetime) -> TaskLine | None:
    """Return a task, done or not, None when it is not there for this actor."""
    task = Task.objects.visible_to(actor.as_staff()).select_related("assignee").filter(pk=task_id).first()
    return task and _line(task, actor, at)


def _still_open(actor: Actor) -> QuerySet[Task]:
    rows = Task.objects.visible_to(actor.as_staff()).filter(Task.still_open())
    return rows.select_related("assignee").order_by(F("due_at").asc(nulls_last=True), "opened_at", "pk")


def _line(task: Any, actor: Actor, at: datetime) -> TaskLine:
    is_mine = task.assignee_id is not None and task.assignee_id == actor.user_id
    role = f"Any {Role(task.role).label.lower()}" if task.role else ""
    return TaskLine(
        id=task.pk,
        reference=task.reference,
        of_capa=task.complaint_id is None,
        words=_sentence(task),
        whose="You" if is_mine else role or str(task.assignee),
        is_mine=is_mine,
        opened_at=task.opened_at,
        done_at=task.done_at,
        left=time_left(due_at=task.due_at, now=at) if task.due_at else None,
        may_finish=may(actor, "send_notice" if task.notice_id else "finish_task"),
        notice_id=task.notice_id,
    )


def _sentence(task: Task) -> str:
    """Return what is to do, completed by what the task's detail tells."""
    match TaskKind(task.kind):
        case TaskKind.REACH_COMPLAINANT:
            send = task.detail["send"]
            what = f"the {NOTICES.get(send, send)} could not be delivered"
        case TaskKind.REACH_COLLEAGUE:
            what = task.detail["name"]
        case _:
            what = task.detail["title"]
    return f"{TaskKind(task.kind).label}: {what}"
