"""The quarterly question whether each role is still needed, and the two people it takes to take factors away."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q, QuerySet

from members.accounts.models.users import RoleGrant, User
from members.actors import Role
from members.identifiers import new_id


class AccessReview(models.Model):
    """One round over all roles that were held when it opened. What nobody has decided on by `due_at` is revoked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("closed_at",),
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="accounts_one_open_review",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="accounts_review_leaves_time"),
        )

    def __str__(self) -> str:
        return f"access review of {self.opened_at:%B %Y}"


class ReviewedGrant(models.Model):
    """One role of one person within a review, and what was decided on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="grants")
    grant = models.ForeignKey(RoleGrant, on_delete=models.PROTECT, related_name="+")
    kept = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "grant"), name="accounts_grant_once_a_review"),
            models.CheckConstraint(
                condition=Q(kept=None, decided_at=None, decided_by=None)
                | Q(kept__isnull=False, decided_at__isnull=False),
                name="accounts_review_decision_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(kept=True) | Q(decided_by__isnull=False), name="accounts_somebody_keeps_a_role"
            ),
        )

    def __str__(self) -> str:
        return f"{self.grant} in {self.review_id}"


GOOD_FOR = timedelta(hours=24)
"""So long a request to take factors away can be confirmed; who showed a card yesterday may show it again."""


class FactorReset(models.Model):
    """All second factors of somebody are taken away, by two administrators: one asks, another confirms."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user",), condition=Q(confirmed_at=None), name="accounts_one_reset_asked"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="accounts_reset_confirmed_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("confirmed_by")), name="accounts_reset_takes_two"),
            models.CheckConstraint(
                condition=~Q(asked_by=F("user")) & ~Q(confirmed_by=F("user")), name="accounts_no_own_reset"
            ),
        )

    def __str__(self) -> str:
        return f"factor reset of {self.user_id}"

    @classmethod
    def waiting(cls, at: datetime) -> QuerySet["FactorReset"]:
        """Return the requests that can be confirmed: not a day old, asked by somebody who is an administrator now."""
        return cls.objects.filter(
            confirmed_at=None,
            asked_at__gt=at - GOOD_FOR,
            asked_by__is_active=True,
            asked_by__role_grants__role=Role.ADMINISTRATOR,
            asked_by__role_grants__revoked_at=None,
        )
