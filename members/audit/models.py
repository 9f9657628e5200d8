"""The audit trail: append-only, kept so by triggers, without any health data; and the chain that seals it."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from members.actors import Actor, ActorKind
from members.audit.statement import line_of
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
            models.Index(
                fields=("object_id", "at"),
                name="audit_event_of_object",
                condition=Q(matter_id__isnull=True, object_id__isnull=False),
            ),
            BrinIndex(fields=("at",), name="audit_event_by_time", autosummarize=True),
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


class Pending(models.Model):
    """An event that waits to be sealed. A trigger queues it in its own transaction; the sealer takes it away."""

    pk = models.CompositePrimaryKey("queued_at", "event_id")
    queued_at = models.DateTimeField(help_text="By the database's clock.")
    event_id = models.UUIDField()

    def __str__(self) -> str:
        return f"event {self.event_id} waits since {self.queued_at}"


class Checkpoint(models.Model):
    """One sealed batch. All there is to know stands in `statement`, which is what was signed (`audit.statement`)."""

    number = models.BigIntegerField(primary_key=True, help_text="From 1 on, without gaps.")
    statement = models.TextField()
    signature = models.BinaryField()

    def __str__(self) -> str:
        return f"checkpoint {self.number}"

    @property
    def line(self) -> str:
        """Return statement and signature as the anchor holds them."""
        return line_of(self.statement, bytes(self.signature))


class Leaf(models.Model):
    """The place of one event in the chain. No foreign key to the event: that it went missing must be seen."""

    pk = models.CompositePrimaryKey("batch", "position")
    batch = models.BigIntegerField(help_text="The number of its checkpoint.")
    position = models.IntegerField(help_text="From 0 on, without gaps.")
    event_id = models.UUIDField(unique=True)
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"leaf {self.position} of batch {self.batch}"


class Anchored(models.Model):
    """How far the chain was written down at one place outside of this database."""

    place = models.TextField(primary_key=True)
    number = models.BigIntegerField(help_text="The newest checkpoint that is there.")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.place} knows checkpoint {self.number}"
