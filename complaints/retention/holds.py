"""Legal holds: placed by a privacy officer, released by somebody else, each with its reason."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from complaints.models import Complaint
from complaints.permissions import demand
from complaints.retention.models import Hold
from complaints.retention.refusals import RetentionRefused, person
from members.actors import Actor
from members.acts import Act, act
from members.models import Member


def place_hold(*, actor: Actor, at: datetime, complaint_id: UUID, of_member: bool, reason: str) -> Hold:
    """Keep a complaint with its series, or all of its member whenever they come, until the hold is released.

    Raises ActionForbidden, RetentionRefused, Complaint.DoesNotExist.
    """
    demand(actor, "place_hold")
    with act(actor=actor, at=at) as this:
        complaint = this.lock(Complaint, complaint_id)
        if not complaint.is_visible_to(actor.as_staff()):
            raise Complaint.DoesNotExist
        hold = Hold(reason=reason, placed_at=at, placed_by_id=person(actor), member_id=complaint.member_id)
        if of_member:
            _lock_member(this, complaint)
        else:
            hold.complaint_id = complaint.pk
        open_ones = Hold.objects.unscoped("whether the same is held").filter(released_at=None)
        same = Q(complaint_id=None, member=hold.member_id) if of_member else Q(complaint_id=complaint.pk)
        if open_ones.filter(same).exists():
            raise RetentionRefused("This is on legal hold already. Look below for why.")
        this.add(hold)
        _record(this, "hold.placed", hold)
    return hold


def release_hold(*, actor: Actor, at: datetime, hold_id: UUID, reason: str) -> Hold:
    """End a hold. Whoever placed it cannot.

    Raises ActionForbidden, RetentionRefused, Hold.DoesNotExist.
    """
    demand(actor, "release_hold")
    with act(actor=actor, at=at) as this:
        if not Hold.objects.visible_to(actor).filter(pk=hold_id).exists():
            raise Hold.DoesNotExist
        hold = this.lock(Hold, hold_id)
        if hold.released_at:
            raise RetentionRefused("This hold is released already.")
        if hold.placed_by_id == actor.user_id:
            raise RetentionRefused("You placed this hold yourself. Somebody else has to release it.")
        this.change(hold, released_at=at, released_by_id=person(actor), release_reason=reason)
        _record(this, "hold.released", hold)
    return hold


def _lock_member(this: Act, complaint: Complaint) -> None:
    """Lock the member of a complaint, whom an erasure locks too. Raises RetentionRefused."""
    if complaint.member_id is None:
        raise RetentionRefused("This case belongs to no member that we know. Hold this case only.")
    this.lock(Member, complaint.member_id)


def _record(this: Act, action: str, hold: Hold) -> None:
    this.record(
        action,
        matter_id=hold.complaint_id,
        object_type="member" if hold.of_member else "complaint",
        object_id=hold.member_id if hold.of_member else hold.complaint_id,
        detail={"hold": str(hold.pk)},
    )
