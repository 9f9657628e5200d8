"""Acknowledgement (ISO 10002 7.4): the clock stops on proof of sending, not on intent."""

from datetime import datetime
from uuid import UUID

from complaints.enums import State
from complaints.models import Complaint
from complaints.operations._door import lock_complaint, perform
from members.actors import Actor
from members.acts import act


def acknowledge_complaint(*, actor: Actor, at: datetime, complaint_id: UUID, proof: str) -> Complaint:
    """Record that the complainant was told, by e-mail, phone or post, that we have the complaint.

    `proof` is a code or id of what shows it: "email", "phone", "post". Acknowledging twice changes nothing; after
    the work has begun, the state stays as it is. Raises TransitionRefused once the complaint has ended.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if complaint.acknowledged_at:
            return complaint
        name = "acknowledge" if complaint.state == State.RECEIVED else "acknowledge_late"
        return perform(name, this=this, complaint_id=complaint_id, detail={"proof": proof})
