"""What stood out in somebody's work, and what another person found when looking into it."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet

from complaints.oversight.enums import RuleCode
from complaints.permissions import ACTIONS
from members.actors import Actor, Role
from members.identifiers import new_id
from members.privacy.fields import SealedTextField
from members.privacy.scoping import ScopedManager

JUDGED_WITHIN = timedelta(days=3)
"""So long privacy officers have to answer for an item, before team leads are asked as well."""


class ReviewItem(models.Model):
    """One rule, one person, one day of the house: something stood out. Somebody else says whether it was in order.

    It grows with the day while it waits; what grows past its answer gets an item of its own.
    `evidence` holds numbers and keys of events, never what they tell of.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.CharField(max_length=20, choices=RuleCode)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField(
        help_text="How much of what the rule counts was there at the last look before the answer."
    )
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    in_order = models.BooleanField(null=True)
    verdict_reason = SealedTextField(null=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "person", "day"),
                condition=Q(judged_at__isnull=True),
                name="oversight_one_unanswered_a_day",
            ),
            models.CheckConstraint(condition=Q(rule__in=RuleCode.values), name="oversight_rule_is_known"),
            models.CheckConstraint(
                condition=Q(judged_by__isnull=True) | ~Q(judged_by=F("person")), name="oversight_judged_by_another"
            ),
            models.CheckConstraint(
                name="oversight_verdict_is_whole",
                condition=Q(
                    in_order__isnull=True,
                    verdict_reason__isnull=True,
                    judged_at__isnull=True,
                    judged_by__isnull=True,
                )
                | Q(
                    in_order__isnull=False,
                    verdict_reason__isnull=False,
                    judged_at__isnull=False,
                    judged_by__isnull=False,
                ),
            ),
        )
        indexes = (
            models.Index(fields=("opened_at",), name="oversight_unanswered", condition=Q(judged_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"review item {self.id}"

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Privacy officers and auditors see all; team leads what has waited too long; nobody what is about them."""
        if not actor.has(*ACTIONS["read_reviews"]):
            return rows.none()
        rows = rows.exclude(person=actor.user_id)
        if actor.has(Role.PRIVACY_OFFICER, Role.AUDITOR):
            return rows
        return rows.filter(escalated_at__isnull=False)
