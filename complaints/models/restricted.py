"""Complaints that few may see, and how somebody else gets to see one for an hour (45 CFR 164.312(a)(2)(ii))."""

from datetime import timedelta
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Q, QuerySet
from django.db.models.functions import Now

from complaints.models.own import involves
from complaints.permissions import ACTIONS
from members.accounts.models import RoleGrant
from members.actors import Actor, Role
from members.identifiers import new_id
from members.privacy.fields import SealedTextField
from members.privacy.scoping import ScopedManager

LONGEST = timedelta(minutes=60)
"""How long a broken glass stays broken at most."""
ANSWERED_WITHIN = timedelta(days=3)
"""So long somebody may take to say whether an opening was justified, before it is asked for again."""


class Opening(models.Model):
    """One breaking of the glass: one person sees one restricted complaint until a moment, by the database's clock.

    Nothing has to come round to end it. Somebody else says afterwards whether it was justified.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="+")
    opener = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    reason = SealedTextField()
    justified = models.BooleanField(null=True)
    verdict_reason = SealedTextField(null=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="opening_lasts_an_hour_at_most",
                condition=Q(until__gt=F("opened_at"), until__lte=F("opened_at") + LONGEST),
            ),
            models.CheckConstraint(
                name="opening_judged_by_another", condition=Q(judged_by__isnull=True) | ~Q(judged_by=F("opener"))
            ),
            models.CheckConstraint(
                name="opening_verdict_is_whole",
                condition=Q(
                    justified__isnull=True,
                    verdict_reason__isnull=True,
                    judged_at__isnull=True,
                    judged_by__isnull=True,
                )
                | Q(
                    justified__isnull=False,
                    verdict_reason__isnull=False,
                    judged_at__isnull=False,
                    judged_by__isnull=False,
                ),
            ),
        )
        indexes = (
            models.Index(fields=("opener", "until"), include=("complaint",), name="opening_of_person"),
            models.Index(fields=("opened_at",), name="opening_unanswered", condition=Q(judged_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"opening {self.id}"

    @property
    def matter_id(self) -> UUID:
        """Return the matter that it belongs to."""
        return self.complaint_id

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Whoever reviews openings sees them all, but those of the own complaint or that of a member represented.

        A team lead does while nobody is privacy officer: else whoever waits for an answer could open nothing more.
        """
        if not actor.has(*ACTIONS["read_openings"]):
            return rows.none()
        if not actor.has(*ACTIONS["read_openings"] - {Role.LEAD}):
            officers = RoleGrant.objects.filter(role=Role.PRIVACY_OFFICER, revoked_at=None, user__is_active=True)
            rows = rows.filter(~Exists(officers))
        return rows.exclude(involves(actor, "complaint__"))


def opened_by(actor: Actor) -> QuerySet[Opening]:
    """Return the openings by which the actor sees restricted complaints now: none without a role that may open any."""
    rows = Opening.objects.unscoped("whether the glass is broken")
    if actor.user_id is None or not actor.has(*ACTIONS["break_glass"]):
        return rows.none()
    return rows.filter(opener_id=actor.user_id, until__gt=Now())
