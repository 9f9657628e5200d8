"""Tasks: what somebody has to do about a case that no step of its way asks for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import TimelineCode
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, Task
from complaints.operations._door import note_fact
from complaints.permissions import HANDLERS, demand
from members.actors import Actor, ActorKind, Role
from members.acts import Act, act
from members.queries import actor_now


def open_tasks(*, this: Act, tasks: Iterable[Task]) -> None:
    """Open these tasks, except those whose cause has opened one before: one query, however many they are.

    The timeline of a complaint tells of its task. `task.complaint` must be the row that this act holds.
    """
    wanted: dict[str, Task] = {}
    for task in tasks:
        wanted.setdefault(task.cause, task)
    if not wanted:
        return
    rows = Task.objects.unscoped("whether these causes have opened theirs")
    known = set(rows.filter(cause__in=wanted).values_list("cause", flat=True))
    for task in wanted.values():
        if task.cause not in known:
            this.add(task)
            _note(this, task, TimelineCode.TASK_OPENED)


def finish_task(*, actor: Actor, at: datetime, task_id: UUID) -> Task:
    """Record that a task is done, by whoever handles such cases. Finishing it again changes nothing.

    What the law wants sent is done by its proof alone. Raises ActionForbidden, TransitionRefused, and Task.DoesNotExist
    also when the actor may not see it.
    """
    demand(actor, "finish_task")
    with act(actor=actor, at=at) as this:
        if actor.kind is ActorKind.USER and not Task.objects.visible_to(actor.as_staff()).filter(pk=task_id).exists():
            raise Task.DoesNotExist
        task = this.lock(Task, task_id)
        if not task.done_at:
            if task.notice_id:
                raise TransitionRefused(_("Record that it was sent. This task is done by that, and by nothing else."))
            settle_task(this, task)
        return task


def settle_tasks_of(this: Act, complaint: Complaint, cause: str) -> None:
    """Mark as done what this cause has opened on the locked complaint and nobody has done yet."""
    tasks = Task.objects.unscoped("the tasks of the locked complaint").filter(complaint=complaint, cause=cause)
    for key in tasks.filter(done_at=None).values_list("pk", flat=True):
        task = this.lock(Task, key)
        task.complaint = complaint
        settle_task(this, task)


def for_owner_or_leads(complaint: Complaint, *, at: datetime) -> dict[str, Any]:
    """Return for whom a task of a complaint is: its owner, or the leads where nobody works on it. One query at most.

    An owner who has left, or is or acts for its member by now, would not even see the task.
    """
    owner = actor_now(complaint.owner_id, at=at)
    if owner is None or not owner.has(*HANDLERS) or complaint.is_own_of(owner):
        return {"role": Role.LEAD}
    return {"assignee_id": owner.user_id}


def settle_task(this: Act, task: Task) -> None:
    """Mark a task as done by whoever acts: of the system, that it settled itself."""
    this.change(task, done_at=this.at, done_by_id=this.actor.user_id)
    _note(this, task, TimelineCode.TASK_DONE)


def hand_over_tasks(this: Act, complaints: Iterable[Complaint], *, given_by: dict[UUID, UUID]) -> None:
    """Give the open tasks of these complaints to their owners, where whoever had the complaint had them: one query.

    `given_by` tells for each complaint's key who that was.
    """
    owners = {complaint.pk: complaint.owner_id for complaint in complaints if complaint.pk in given_by}
    rows = Task.objects.unscoped("tasks follow their complaint").filter(complaint__in=owners, done_at=None)
    for task in rows.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        if task.assignee_id == given_by[task.matter_id]:
            this.change(task, assignee_id=owners[task.matter_id])


def _note(this: Act, task: Task, fact: TimelineCode) -> None:
    detail = {"task": str(task.pk), "kind": task.kind}
    if task.complaint is not None:
        note_fact(this, task.complaint, fact, detail)
    else:
        this.record(f"capa.{fact}", matter_id=task.matter_id, object_type="task", object_id=task.pk, detail=detail)
