"""Drafts: what somebody has typed into the form and not sent yet."""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from complaints.models import Complaint
from members.actors import Actor
from members.identifiers import new_id
from members.privacy.fields import SealedJSONField
from members.privacy.scoping import ScopedManager


class Draft(models.Model):
    """What was typed so far on each step, sealed; nothing once it was sent.

    A guest's browser holds its id in a signed cookie; the draft of somebody who is signed in has a user.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    answers = SealedJSONField()
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    complaint = models.OneToOneField(Complaint, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager()

    class Meta:
        indexes = (models.Index(fields=("user",), name="draft_by_user"),)

    def __str__(self) -> str:
        return f"Draft {self.id}"

    @property
    def matter_id(self) -> UUID | None:
        """Return the matter that it has become, None before."""
        return self.complaint_id

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """People who are signed in see their own drafts; a guest's is found by the cookie's id alone (drafts.py)."""
        return rows.filter(user_id=actor.user_id) if actor.user_id else rows.none()
