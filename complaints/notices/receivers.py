"""What the outbox asks of notices. They run in no transaction of the outbox: each is a letter's work of its own."""

from typing import Any
from uuid import UUID

from complaints.enums import TimelineCode
from complaints.models import Complaint
from complaints.notices.make import make_notices
from complaints.operations import note_fact
from complaints.operations.request_notices import MAKE_NOTICES
from members.actors import SYSTEM
from members.acts import act
from slas.outbox import handles
from slas.queries import database_now


def give_up_making(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox passes all three
    """Say on the timeline that the law's notice could not be made: somebody has to write it."""
    with act(actor=SYSTEM, at=database_now()) as this:
        note_fact(this, this.lock(Complaint, matter_id), TimelineCode.NOTICE_FAILED, {"clock": payload["clock"]})


@handles(MAKE_NOTICES, in_transaction=False, given_up=give_up_making)
def make(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the same
    """Make what is not made yet."""
    make_notices(
        at=database_now(),
        matter_id=matter_id,
        clock_id=UUID(payload["clock"]),
        epoch=payload["epoch"],
        code=payload["code"],
    )
