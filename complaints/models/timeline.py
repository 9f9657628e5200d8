"""What happened to a complaint, in order, for member and staff."""

from typing import Self

from django.db import models
from django.db.models import QuerySet

from complaints.enums import Audience, TimelineCode
from complaints.models.part import PartOfComplaint


class TimelineEntry(PartOfComplaint):
    """One thing that happened. Append-only; it holds codes and ids, never health data."""

    at = models.DateTimeField()
    code = models.CharField(max_length=20, choices=TimelineCode)
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.STAFF)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("complaint", "at"), name="timeline_by_complaint"),)

    @classmethod
    def for_members(cls, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Members see the entries that are for everyone."""
        return rows.filter(audience=Audience.EVERYONE)
