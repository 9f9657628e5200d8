"""Each quarter each role is asked after; what nobody answers is revoked (ISO 27001, 5.18)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from members.accounts.models import AccessReview, ReviewedGrant, RoleGrant
from members.accounts.refusals import AccountRefused
from members.accounts.signals import review_changed
from members.actors import SYSTEM, Actor, Role
from members.acts import Act, act
from members.operations._authority import administration, administrators
from members.operations._security import take

EVERY = timedelta(days=91)
TIME_TO_ANSWER = timedelta(days=14)


def open_access_review(*, at: datetime) -> AccessReview | None:
    """Open the round that is due, over every role held now; None while one is open or the last is not a quarter old."""
    with administration(actor=SYSTEM, at=at) as this:
        last = AccessReview.objects.order_by("-opened_at").first()
        if last and (last.closed_at is None or at < last.opened_at + EVERY):
            return None
        review = AccessReview(opened_at=at, due_at=at + TIME_TO_ANSWER)
        this.add(review)
        for grant in RoleGrant.objects.filter(revoked_at=None):
            this.add(ReviewedGrant(review=review, grant=grant))
        this.record("access_review.opened", object_type="access_review", object_id=review.pk)
        review_changed.send(sender=AccessReview, this=this, review=review, change="opened")
    return review


def decide_on_grant(*, actor: Actor, at: datetime, reviewed_id: UUID, keep: bool) -> None:
    """Keep a role or revoke it.

    Raises ReviewedGrant.DoesNotExist and AccountRefused (not an administrator, own role, given by the actor where
    somebody else can answer, answered already, too late, nobody else is administrator).
    """
    with administration(actor=actor, at=at) as this:
        reviewed = this.lock(ReviewedGrant, reviewed_id)
        review = this.lock(AccessReview, reviewed.review_id)
        if review.closed_at is not None or reviewed.kept is not None or reviewed.grant.revoked_at is not None:
            raise AccountRefused(_("This is decided already. Nothing is left to do here."))
        if at >= review.due_at:
            raise AccountRefused(_("The time to answer is over. Give the role again if it is still needed."))
        _demand_somebody_else(reviewed.grant, actor, keep=keep)
        _decide(this, reviewed, keep=keep)


def close_overdue_review(*, at: datetime) -> int:
    """Close the round whose time is over: what nobody answered is revoked. Return how many roles that are.

    The last administrator keeps the role, or nobody could give any role again: that is left open, and recorded.
    """
    with administration(actor=SYSTEM, at=at) as this:
        review = AccessReview.objects.select_for_update().filter(closed_at=None, due_at__lte=at).first()
        if review is None:
            return 0
        unanswered = list(review.grants.filter(kept=None).select_related("grant__user").order_by("pk"))
        spared = _last_administrator(unanswered)
        revoked = [reviewed for reviewed in unanswered if reviewed is not spared and reviewed.grant.revoked_at is None]
        for reviewed in unanswered:
            if reviewed is not spared:
                _decide(this, reviewed, keep=False)
        this.change(review, closed_at=at)
        this.record(
            "access_review.closed",
            object_type="access_review",
            object_id=review.pk,
            detail={"revoked": len(revoked), "spared": bool(spared)},
        )
        review_changed.send(sender=AccessReview, this=this, review=review, change="closed")
    return len(revoked)


def record_review_export(*, actor: Actor, at: datetime, review_id: UUID) -> None:
    """Record that a round was handed out as a file."""
    with act(actor=actor, at=at) as this:
        this.record("access_review.exported", object_type="access_review", object_id=review_id)


def _demand_somebody_else(grant: RoleGrant, actor: Actor, *, keep: bool) -> None:
    """Refuse an answer on the own role, and that whoever gave a role says it is needed where another could.

    Raises AccountRefused.
    """
    if grant.user_id == actor.user_id:
        raise AccountRefused(_("Somebody else decides on your own roles. Ask another administrator to do it."))
    others = administrators().exclude(user__in=[actor.user_id, grant.user_id])
    if keep and grant.granted_by_id == actor.user_id and others.exists():
        raise AccountRefused(_("You gave this role yourself. Ask another administrator to say that it is needed."))


def _decide(this: Act, reviewed: ReviewedGrant, *, keep: bool) -> None:
    this.change(reviewed, kept=keep, decided_at=this.at, decided_by_id=this.actor.user_id)
    grant = reviewed.grant
    if keep:
        this.record("role.kept", object_type="user", object_id=grant.user_id, detail={"role": grant.role})
    elif grant.revoked_at is None:
        take(this, grant)


def _last_administrator(unanswered: list[ReviewedGrant]) -> ReviewedGrant | None:
    """Return the one of these that is spared: the longest granted, where no administrator would be left."""
    at_stake = {reviewed.grant_id: reviewed for reviewed in unanswered if reviewed.grant.role == Role.ADMINISTRATOR}
    held = list(administrators().order_by("granted_at", "pk").values_list("pk", flat=True))
    if not held or not at_stake.keys() >= set(held):
        return None
    return at_stake[held[0]]
