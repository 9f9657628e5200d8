"""Decision (ISO 10002 7.8) and closure (7.9)."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import Outcome, RemedyKind, State
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, Decision
from complaints.operations._door import demand_scope, lock_complaint, perform, written_before
from members.actors import Actor, ActorKind, Scope
from members.acts import act
from members.identifiers import new_id


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
    key: UUID | None = None,
) -> Decision:
    """Decide: what, why, resting on which evidence, and what makes it right. The same `key` twice is one decision.

    History goes from receipt to decision, for it does not tell of the steps between. Only history
    may leave open what was found. Raises TransitionRefused.
    """
    if outcome == Outcome.NO_FINDING and actor.kind is not ActorKind.IMPORT:
        raise TransitionRefused(_("Say what you decided: a decision finds for the member, in part or not."))
    name = "decide_as_recorded" if actor.kind is ActorKind.IMPORT else "decide"
    with act(actor=actor, at=at) as this:
        if before := written_before(Decision, key, lock_complaint(this, complaint_id)):
            return before
        decision = Decision(
            id=key or new_id(),
            complaint_id=complaint_id,
            outcome=outcome,
            rationale=rationale,
            evidence_reviewed=evidence_reviewed,
            remedy_kind=remedy_kind,
            remedy=remedy or None,
            decided_by_id=actor.user_id,
            decided_at=at,
        )
        perform(name, this=this, complaint_id=complaint_id, adds=decision, detail={"outcome": outcome})
    return decision


def close_complaint(*, actor: Actor, at: datetime, complaint_id: UUID) -> Complaint:
    """Close what was decided and told to the member. Closing twice changes nothing.

    Raises TransitionRefused, which says what is missing.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if complaint.state == State.CLOSED:
            return complaint
        return perform("close", this=this, complaint_id=complaint_id)


def withdraw_complaint(*, actor: Actor, at: datetime, complaint_id: UUID) -> Complaint:
    """End the complaint because the member wants no answer any more: its clocks are cancelled, or missed if overdue.

    Withdrawing twice changes nothing. Raises TransitionRefused.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        demand_scope(complaint, actor, Scope.FILE)
        if complaint.state == State.WITHDRAWN:
            return complaint
        return perform("withdraw", this=this, complaint_id=complaint_id)
