"""Decision (ISO 10002 7.8) and closure (7.9)."""

from datetime import datetime
from uuid import UUID

from complaints.enums import Outcome, RemedyKind
from complaints.models import Complaint, Decision
from complaints.operations._door import perform
from members.actors import Actor
from members.acts import act


def issue_decision(
    *,
    actor: Actor,
    at: datetime,
    complaint_id: UUID,
    outcome: Outcome,
    rationale: str,
    evidence_reviewed: str,
    remedy_kind: RemedyKind = RemedyKind.NONE,
    remedy: str = "",
) -> Decision:
    """Decide: what, why, resting on which evidence, and what makes it right. Raises TransitionRefused."""
    with act(actor=actor, at=at) as this:
        decision = Decision(
            complaint_id=complaint_id,
            outcome=outcome,
            rationale=rationale,
            evidence_reviewed=evidence_reviewed,
            remedy_kind=remedy_kind,
            remedy=remedy or None,
            decided_by_id=actor.user_id,
            decided_at=at,
        )
        perform("decide", this=this, complaint_id=complaint_id, adds=decision, detail={"outcome": outcome})
    return decision


def close_complaint(*, actor: Actor, at: datetime, complaint_id: UUID) -> Complaint:
    """Close what was decided and told to the member. Raises TransitionRefused, which says what is missing."""
    with act(actor=actor, at=at) as this:
        return perform("close", this=this, complaint_id=complaint_id)


def withdraw_complaint(*, actor: Actor, at: datetime, complaint_id: UUID) -> Complaint:
    """End the complaint because the member wants no answer any more; its clocks are cancelled, not met."""
    with act(actor=actor, at=at) as this:
        return perform("withdraw", this=this, complaint_id=complaint_id)
