"""Ownership: a complaint always has somebody who answers for it (ISO 10002 4.12)."""

from datetime import datetime
from uuid import UUID

from complaints.models import Complaint
from complaints.operations._door import lock_complaint, perform
from complaints.operations.acknowledge_complaint import request_named_acknowledgement
from complaints.operations.open_task import hand_over_tasks
from members.actors import Actor
from members.acts import act


class AlreadyTaken(ValueError):
    """Somebody else was faster; the message is that colleague's name."""


def take_complaint(*, actor: Actor, at: datetime, complaint_id: UUID, from_owner_id: UUID | None = None) -> Complaint:
    """Make the actor the owner, of the tasks on it too. `from_owner_id` is the owner the actor saw on the screen.

    A complaint on the expedited track that is not confirmed yet is confirmed now, by an e-mail that names the actor.

    Raises AlreadyTaken when the owner has changed since, so that nobody takes a case away unknowingly.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if complaint.owner_id and complaint.owner_id == actor.user_id:
            return complaint
        if complaint.owner_id and complaint.owner_id != from_owner_id:
            raise AlreadyTaken(str(complaint.owner))
        former_id = complaint.owner_id
        perform("take", this=this, complaint_id=complaint_id, owner_id=actor.user_id)
        if former_id:
            hand_over_tasks(this, [complaint], given_by={complaint.pk: former_id})
        request_named_acknowledgement(this, complaint)
        return complaint
