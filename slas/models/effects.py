"""What a deadline sets off: the ledger of firings, the outbox of effects, the pulse of the sweepers."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Firing(models.Model):
    """One threshold of one clock that was reached. The primary key is what makes it happen exactly once."""

    pk = models.CompositePrimaryKey("matter_id", "clock_id", "epoch", "code")
    # Migration 0002 refers (matter, clock) to the clock, which has the matter's constraint.
    matter = models.ForeignKey("slas.Matter", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    clock_id = models.UUIDField()
    epoch = models.PositiveSmallIntegerField()
    code = models.SmallIntegerField()
    scheduled_for = models.DateTimeField(help_text="When it was due, however late it fired.")
    fired_at = models.DateTimeField(db_default=Now())
    clock_rev = models.IntegerField()
    suppressed = models.BooleanField(help_text="A warning that a later threshold overtook, or an act in time.")
    sweeper = models.CharField(max_length=120, help_text="Who found it; empty: the act that ended the clock.")

    class Meta:
        # The ledger grows in the order of time: an index of a few pages finds an hour in it, and a storm pays nothing.
        indexes = (BrinIndex(fields=("fired_at",), name="slas_firing_fired", pages_per_range=16, autosummarize=True),)

    def __str__(self) -> str:
        return f"{self.code} for {self.scheduled_for:%Y-%m-%d %H:%M} UTC"


class Outbox(models.Model):
    """An effect that must happen, at least once, after the transaction that asked for it."""

    pk = models.CompositePrimaryKey("matter_id", "key")
    # No constraint: in a storm, checking it row by row takes a fifth of the time, and rows do not stay long.
    matter = models.ForeignKey("slas.Matter", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    key = models.CharField(max_length=160, help_text="The same effect asked for again has the same key.")
    topic = models.CharField(max_length=60)
    payload = models.JSONField(help_text="Ids and codes only.")
    created_at = models.DateTimeField(db_default=Now())
    next_try_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(
        null=True, help_text="A consumer is at work on it; lapses if the consumer dies."
    )
    settled_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=120, blank=True, help_text="Class of the last error; never its text.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="slas_outbox_settled_or_dead", condition=Q(settled_at__isnull=True) | Q(dead_at__isnull=True)
            ),
        )
        indexes = (
            models.Index(
                fields=("next_try_at",),
                name="slas_outbox_todo",
                condition=Q(settled_at__isnull=True, dead_at__isnull=True),
            ),
            models.Index(fields=("dead_at",), name="slas_outbox_dead", condition=Q(dead_at__isnull=False)),
            models.Index(fields=("settled_at",), name="slas_outbox_settled", condition=Q(settled_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.key


class Sweeper(models.Model):
    """The pulse of one worker that carries the timer."""

    who = models.CharField(primary_key=True, max_length=120)
    seen_at = models.DateTimeField()
    full_at = models.DateTimeField(null=True, help_text="Its last pass over everything that is due.")
    max_lag = models.DurationField(help_text="The longest lag since the pulse before.")
    conflicts = models.PositiveIntegerField(
        db_default=0, help_text="Firings that the ledger had already: the primary key refused them. 0, ever."
    )

    def __str__(self) -> str:
        return self.who
