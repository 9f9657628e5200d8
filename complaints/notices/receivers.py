"""What the outbox asks of notices. They run in no transaction of the outbox: each is a letter's work of its own."""

from typing import Any
from uuid import UUID

from complaints.correspondence.operations import MAKE_NOTICES
from complaints.enums import TaskKind, TimelineCode
from complaints.models import Complaint, Task
from complaints.notices.make import make_notices
from complaints.operations import note_fact, open_tasks
from complaints.operations.open_task import for_owner_or_leads, settle_tasks_of
from complaints.operations.send_notice import end_of_next_business_day
from members.actors import SYSTEM
from members.acts import act
from slas.models import Clock
from slas.outbox import handles
from slas.queries import database_now


def give_up_making(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:
    """Say on the timeline that the law's notice could not be made, and open a task: somebody has to write it."""
    with act(actor=SYSTEM, at=database_now()) as this:
        complaint = this.lock(Complaint, matter_id)
        note_fact(this, complaint, TimelineCode.NOTICE_FAILED, {"clock": payload["clock"]})
        clock = Clock.objects.select_related("policy").get(matter_id=matter_id, id=payload["clock"])
        task = Task(
            matter_id=matter_id,
            complaint=complaint,
            reference=complaint.reference,
            kind=TaskKind.WRITE_NOTICE,
            detail={"title": clock.policy.title},
            cause=key,
            due_at=end_of_next_business_day(this.at),
            opened_at=this.at,
            **for_owner_or_leads(complaint, at=this.at),
        )
        open_tasks(this=this, tasks=[task])


@handles(MAKE_NOTICES, in_transaction=False, given_up=give_up_making)
def make(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:
    """Make what is not made yet; what failed before and is made now, nobody has to write."""
    at = database_now()
    make_notices(
        at=at,
        matter_id=matter_id,
        clock_id=UUID(payload["clock"]),
        epoch=payload["epoch"],
        code=payload["code"],
    )
    with act(actor=SYSTEM, at=at) as this:
        settle_tasks_of(this, this.lock(Complaint, matter_id), key)
