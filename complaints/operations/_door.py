"""The one door: every change of a complaint goes through `perform`."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model

from complaints.correspondence.models import Message
from complaints.enums import Audience, TimelineCode
from complaints.lifecycle import TRANSITIONS, TransitionRefused
from complaints.models import Complaint, Note, TimelineEntry
from complaints.models.part import PartOfComplaint
from complaints.obligations import meet, release
from complaints.permissions import ActionForbidden, demand
from complaints.search.index import index_text
from members.actors import Actor, ActorKind, Scope
from members.acts import Act
from slas.operations import NOT_RECORDED, cancel_clock, complete_clock

Part = TypeVar("Part", bound=PartOfComplaint)

SHOWN_TO_MEMBERS = frozenset(
    {
        TimelineCode.SUBMITTED,
        TimelineCode.ACKNOWLEDGED,
        TimelineCode.TAKEN,
        TimelineCode.ASSESSED,
        TimelineCode.INVESTIGATED,
        TimelineCode.DECIDED,
        TimelineCode.LETTER_SENT,
        TimelineCode.NOTICE_SENT,
        TimelineCode.DATE_EXTENDED,
        TimelineCode.CLOCK_PAUSED,
        TimelineCode.CLOCK_RESUMED,
        TimelineCode.MESSAGE_RECEIVED,
        TimelineCode.MESSAGE_SENT,
        TimelineCode.CLOSED,
        TimelineCode.WITHDRAWN,
    }
)


def lock_complaint(this: Act, complaint_id: UUID) -> Complaint:
    """Return the complaint, locked. Raises Complaint.DoesNotExist also when the actor may not see it."""
    complaint = this.lock(Complaint, complaint_id)
    if this.actor.kind in {ActorKind.USER, ActorKind.GUEST} and not complaint.is_visible_to(this.actor):
        raise Complaint.DoesNotExist
    return complaint


def demand_scope(complaint: Complaint, actor: Actor, scope: Scope) -> None:
    """Refuse whoever acts for the member what the authorisation does not allow. Raises ActionForbidden."""
    if complaint.is_own_of(actor) and not complaint.allows(actor, scope):
        raise ActionForbidden(f"{actor.label} may not {scope} for this member")


def written_before(model: type[Part], key: UUID | None, complaint: Complaint) -> Part | None:
    """Return the row that an earlier press of the same form wrote, or None.

    The complaint is locked, so that two presses at once come here one after the other.
    """
    if key is None:
        return None
    return model.objects.unscoped("part of the locked complaint").filter(pk=key, complaint=complaint).first()


def perform(
    act: str,
    *,
    this: Act,
    complaint_id: UUID,
    adds: Model | None = None,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> Complaint:
    """Do one act of the lifecycle: lock, refuse or move, stamp, add, record, move the clocks.

    `act` names a row of TRANSITIONS; `adds` is the row that the act produces; `changes` are columns of the complaint.
    Raises ActionForbidden, TransitionRefused, Complaint.DoesNotExist.
    """
    transition = TRANSITIONS[act]
    demand(this.actor, act)
    complaint = lock_complaint(this, complaint_id)
    if refusal := transition.refusal(complaint, this.actor):
        raise TransitionRefused(refusal)
    if transition.target:
        changes["state"] = transition.target
    if transition.stamps:
        changes[transition.stamps] = this.at
    if changes:
        this.change(complaint, **changes)
    if adds is not None:
        this.add(adds)
        if isinstance(adds, Note | Message):
            index_text(this, adds)
    note_fact(this, complaint, transition.fact, detail)
    for kind in transition.meets:
        complete_clock(this=this, matter_id=complaint.pk, kind=kind, at=this.at)
    meet(this, complaint, act)
    # History tells only of receipt and end: whether what was owed in between was in time, nobody knows.
    reason = NOT_RECORDED if this.actor.kind is ActorKind.IMPORT else f"complaint {transition.fact}"
    for kind in transition.cancels:
        cancel_clock(this=this, matter_id=complaint.pk, kind=kind, at=this.at, reason=reason)
    if act == "withdraw":
        release(this, complaint, reason)
    return complaint


def note_fact(this: Act, complaint: Complaint, fact: TimelineCode, detail: dict[str, Any] | None = None) -> None:
    """Write what happened once for the timeline and once for the audit trail."""
    this.add(
        TimelineEntry(
            complaint_id=complaint.pk,
            at=this.at,
            code=fact,
            audience=Audience.EVERYONE if fact in SHOWN_TO_MEMBERS else Audience.STAFF,
            actor_id=this.actor.user_id,
            actor_label=this.actor.label,
            detail=detail or {},
        )
    )
    this.record(
        f"complaint.{fact}", matter_id=complaint.pk, object_type="complaint", object_id=complaint.pk, detail=detail
    )
