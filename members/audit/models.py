"""The audit trail: append-only, kept so by triggers, without any health data."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from members.actors import Actor, ActorKind
from members.identifiers import new_id


class Event(models.Model):
    """One past fact: who did what to which object, and when. Fields follow FHIR's AuditEvent; values are never PHI."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(help_text="The moment the act counts for.")
    written_at = models.DateTimeField(db_default=models.functions.Now(), help_text="When the row was written.")
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    matter_id = models.UUIDField(null=True, help_text="No foreign key: the trail outlives what it tells of.")
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=("matter_id", "at"), name="audit_event_by_matter"),
            models.Index(fields=("actor_id", "at"), name="audit_event_by_actor"),
            models.Index(fields=("object_id", "at"), name="audit_event_of_user", condition=Q(object_type="user")),
        )

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_label}"

    @classmethod
    def by(cls, actor: Actor, *, at: datetime, action: str, **fields: Any) -> Self:
        """Return an unsaved event that names the actor."""
        return cls(
            at=at,
            action=action,
            actor_kind=actor.kind,
            actor_id=actor.user_id,
            actor_label=actor.label,
            **fields,
        )
