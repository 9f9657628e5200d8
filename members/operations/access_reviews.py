"""Each quarter each role is asked after; what nobody answers is revoked (ISO 27001, 5.18)."""

from datetime import datetime, timedelta
from uuid import UUID

from members.accounts.models import AccessReview, ReviewedGrant, RoleGrant
from members.accounts.refusals import AccountRefused
from members.accounts.signals import review_changed
from members.actors import SYSTEM, Actor, Role
from members.acts import Act, act
from members.operations._authority import demand_administrator

EVERY = timedelta(days=91)
TIME_TO_ANSWER = timedelta(days=14)


def open_access_review(*, at: datetime) -> AccessReview | None:
    """Open the round that is due, over every role held now; None while one is open or the last is not a quarter old."""
    with act(actor=SYSTEM, at=at) as this:
        last = AccessReview.objects.select_for_update().order_by("-opened_at").first()
        if last and (last.closed_at is None or at < last.opened_at + EVERY):
            return None
        review = AccessReview(opened_at=at, due_at=at + TIME_TO_ANSWER)
        this.add(review)
        for grant in RoleGrant.objects.filter(revoked_at=None, user__is_active=True):
            this.add(ReviewedGrant(review=review, grant=grant))
        this.record("access_review.opened", object_type="access_review", object_id=review.pk)
        review_changed.send(sender=AccessReview, this=this, review=review, change="opened")
    return review


def decide_on_grant(*, actor: Actor, at: datetime, reviewed_id: UUID, keep: bool) -> None:
    """Keep a role or revoke it. Raises ReviewedGrant.DoesNotExist, and AccountRefused for one's own role."""
    demand_administrator(actor)
    with act(actor=actor, at=at) as this:
        reviewed = this.lock(ReviewedGrant, reviewed_id)
        if reviewed.review.closed_at is not None or reviewed.kept is not None:
            raise AccountRefused("This is decided already.")
        if reviewed.grant.user_id == actor.user_id:
            raise AccountRefused("Somebody else decides on your own roles.")
        _decide(this, reviewed, keep=keep)


def close_overdue_review(*, at: datetime) -> int:
    """Close the round whose time is over: what nobody answered is revoked. Return how many roles that are.

    The last administrator keeps the role, or nobody could give any role again: that is left open, and recorded.
    """
    with act(actor=SYSTEM, at=at) as this:
        review = AccessReview.objects.select_for_update().filter(closed_at=None, due_at__lte=at).first()
        if review is None:
            return 0
        unanswered = list(review.grants.filter(kept=None).select_related("grant"))
        spared = _last_administrator(unanswered)
        for reviewed in unanswered:
            if reviewed is not spared:
                _decide(this, reviewed, keep=False)
        this.change(review, closed_at=at)
        this.record(
            "access_review.closed",
            object_type="access_review",
            object_id=review.pk,
            detail={"revoked": len(unanswered) - bool(spared), "spared": bool(spared)},
        )
        review_changed.send(sender=AccessReview, this=this, review=review, change="closed")
    return len(unanswered) - bool(spared)


def record_review_export(*, actor: Actor, at: datetime, review_id: UUID) -> None:
    """Record that a round was handed out as a file."""
    with act(actor=actor, at=at) as this:
        this.record("access_review.exported", object_type="access_review", object_id=review_id)


def _decide(this: Act, reviewed: ReviewedGrant, *, keep: bool) -> None:
    this.change(reviewed, kept=keep, decided_at=this.at, decided_by_id=this.actor.user_id)
    grant = reviewed.grant
    if not keep and grant.revoked_at is None:
        this.change(grant, revoked_at=this.at, revoked_by_id=this.actor.user_id)
        this.record("role.revoked", object_type="user", object_id=grant.user_id, detail={"role": grant.role})


def _last_administrator(unanswered: list[ReviewedGrant]) -> ReviewedGrant | None:
    """Return the one of these that is spared: the longest granted, where no administrator would be left."""
    at_stake = [reviewed for reviewed in unanswered if reviewed.grant.role == Role.ADMINISTRATOR]
    held = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, revoked_at=None, user__is_active=True)
    if not at_stake or held.exclude(pk__in=[reviewed.grant_id for reviewed in at_stake]).exists():
        return None
    return min(at_stake, key=lambda reviewed: reviewed.grant.granted_at)
