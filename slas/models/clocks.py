"""The clock row is the timer; its events say how it came to be what it is."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.functions import Now

from members.actors import ActorKind
from members.identifiers import new_id
from slas.algebra import DayEnd, Measure
from slas.fold import EventKind, State


class ClockState(models.IntegerChoices):
    """Where a clock stands. A breach is not a state: it is arithmetic on `due_at`."""

    RUNNING = State.RUNNING
    PAUSED = State.PAUSED
    MET = State.MET
    MISSED = State.MISSED
    CANCELLED = State.CANCELLED


OPEN = (ClockState.RUNNING, ClockState.PAUSED)


class Cardinality(Func):
    """How many elements an array has."""

    function = "cardinality"
    output_field = IntegerField()


class Clock(models.Model):
    """One running obligation of one matter.

    Positions (`start_pos`, `due_pos`, `paused_pos`, `budget`, `extended`) are integers in the unit of the policy's
    measure: days, or microseconds. `fire_ats[n]` is when threshold `fire_codes[n]` falls; `next_seq` is the first one
    (from 1) that has not fired and `next_fire_at` the instant it is armed for. Only the sweep advances these two.
    """

    pk = models.CompositePrimaryKey("matter_id", "id")
    # No indexes of their own on these keys: the primary key begins with the matter, and a firing updates every index.
    matter = models.ForeignKey("slas.Matter", models.PROTECT, related_name="clocks", db_index=False)
    id = models.UUIDField(default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    cycle = models.PositiveSmallIntegerField(default=1)
    state = models.SmallIntegerField(choices=ClockState, default=ClockState.RUNNING)
    policy = models.ForeignKey("slas.PolicyVersion", models.PROTECT, related_name="+", db_index=False)
    calendar = models.ForeignKey("slas.CalendarVersion", models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="What happened last counts for this moment; a rebase counts for none.")
    budget = models.BigIntegerField()
    extended = models.BigIntegerField(default=0, help_text="Units that extensions added.")
    extensions = models.PositiveSmallIntegerField(default=0)
    start_pos = models.BigIntegerField()
    due_pos = models.BigIntegerField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    paused_pos = models.BigIntegerField(null=True)
    epoch = models.PositiveSmallIntegerField(default=1, help_text="Grows when extended or rebased: warnings fire anew.")
    fire_ats = ArrayField(models.DateTimeField())
    fire_codes = ArrayField(models.SmallIntegerField())
    next_seq = models.PositiveSmallIntegerField(default=1)
    next_fire_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    rev = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("matter", "kind", "cycle"), name="slas_clock_cycle_unique"),
            models.UniqueConstraint(fields=("matter", "kind"), condition=Q(state__in=OPEN), name="slas_clock_one_open"),
            models.CheckConstraint(
                name="slas_clock_armed_while_running",
                condition=Q(state=ClockState.RUNNING, next_seq__lte=Cardinality("fire_ats"), next_fire_at__isnull=False)
                | (
                    (~Q(state=ClockState.RUNNING) | Q(next_seq__gt=Cardinality("fire_ats")))
                    & Q(next_fire_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="slas_clock_paused",
                condition=Q(state=ClockState.PAUSED, paused_at__isnull=False, paused_pos__isnull=False)
                | (~Q(state=ClockState.PAUSED) & Q(paused_at__isnull=True, paused_pos__isnull=True)),
            ),
            models.CheckConstraint(
                name="slas_clock_ended",
                condition=(Q(state__in=OPEN) & Q(ended_at__isnull=True))
                | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="slas_clock_met_in_time", condition=~Q(state=ClockState.MET) | Q(ended_at__lte=F("due_at"))
            ),
            models.CheckConstraint(
                name="slas_clock_missed_late", condition=~Q(state=ClockState.MISSED) | Q(ended_at__gt=F("due_at"))
            ),
            models.CheckConstraint(name="slas_clock_forward", condition=Q(due_pos__gte=F("start_pos"))),
            models.CheckConstraint(name="slas_clock_codes_match", condition=Q(fire_codes__len=Cardinality("fire_ats"))),
        )
        indexes = (
            models.Index(fields=("next_fire_at",), name="slas_clock_armed", condition=Q(next_fire_at__isnull=False)),
            models.Index(fields=("due_at",), name="slas_clock_open_due", condition=Q(state__in=OPEN)),
        )

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at:%Y-%m-%d %H:%M} UTC"

    @property
    def is_open(self) -> bool:
        """Tell whether an answer is still owed."""
        return self.state in OPEN

    @property
    def ends_to_the_minute(self) -> bool:
        """Tell whether it counts time and not days, so that its last moment matters and not just its last day."""
        return not Measure(self.policy.measure).is_days or self.policy.day_end == DayEnd.SAME_TIME

    def is_breached(self, at: datetime) -> bool:
        """Tell whether the deadline passed unmet by `at`. A paused clock does not run, so it cannot be breached."""
        if self.state == ClockState.RUNNING:
            return at > self.due_at
        return self.state == ClockState.MISSED


class ClockEvent(models.Model):
    """One thing that happened to a clock; append-only. The clock row is the fold of its events, in order of `rev`."""

    pk = models.CompositePrimaryKey("matter_id", "clock_id", "rev")
    # Migration 0002 refers (matter, clock) to the clock, which has the matter's constraint.
    matter = models.ForeignKey("slas.Matter", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    clock_id = models.UUIDField()
    rev = models.IntegerField()
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in EventKind])
    at = models.DateTimeField(help_text="The moment it counts for.")
    units = models.BigIntegerField(null=True, help_text="The budget of a start, the units of an extension.")
    fired = models.PositiveSmallIntegerField(default=0, help_text="Thresholds that had fired before.")
    reason = models.CharField(max_length=80, blank=True)
    # No constraint: the clock has it, and versions are never deleted.
    calendar = models.ForeignKey(
        "slas.CalendarVersion",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text="By which a rebased clock counts from its start on, and until it is rebased again.",
    )
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="slas_clock_event_calendar",
                condition=Q(kind=EventKind.REBASE, calendar__isnull=False)
                | (~Q(kind=EventKind.REBASE) & Q(calendar__isnull=True)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M} UTC"
