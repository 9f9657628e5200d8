"""Restricting a complaint to the few who need to see it, and lifting that again."""

from datetime import datetime
from uuid import UUID

from complaints.enums import RestrictionKind
from complaints.models import Complaint, Restriction
from complaints.operations._door import lock_complaint, perform
from members.actors import Actor
from members.acts import act


def restrict_complaint(
    *, actor: Actor, at: datetime, complaint_id: UUID, kind: RestrictionKind, reason: str
) -> Complaint:
    """Let only its owner, leads and privacy officers see a complaint from now on, in whatever state it is.

    Raises ActionForbidden, TransitionRefused, Complaint.DoesNotExist.
    """
    with act(actor=actor, at=at) as this:
        lock_complaint(this, complaint_id)
        restriction = Restriction(
            complaint_id=complaint_id, kind=kind, reason=reason, set_at=at, set_by_id=actor.user_id
        )
        return perform(
            "restrict",
            this=this,
            complaint_id=complaint_id,
            adds=restriction,
            detail={"kind": str(kind)},
            is_restricted=True,
        )


def lift_restriction(*, actor: Actor, at: datetime, complaint_id: UUID, reason: str) -> Complaint:
    """Let everybody who reads complaints see this one again.

    Raises ActionForbidden, TransitionRefused, Complaint.DoesNotExist.
    """
    with act(actor=actor, at=at) as this:
        complaint = perform("lift_restriction", this=this, complaint_id=complaint_id, is_restricted=False)
        rows = Restriction.objects.unscoped("of the locked complaint").filter(complaint_id=complaint_id)
        this.change(rows.get(lifted_at=None), lifted_at=at, lifted_by_id=actor.user_id, lift_reason=reason)
        return complaint
