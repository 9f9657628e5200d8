"""Immutable versions of calendars and obligations. A row's id is made from what was reviewed: equal content, equal id.

So a clock's pins mean the same in every database, publishing twice changes nothing, and a process may keep a version
that it has read for as long as it lives. The reviewed content holds a date, and a calendar its number; the columns of
the row may hold later ones. They say from when it counts here, where a database saw it late, and are no part of its id.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from slas.algebra import DayEnd, Measure, StartRule
from slas.policy import Mark

NAME = r"^[a-z0-9_-]+$"  # names are parts of addresses


class CalendarVersion(models.Model):
    """One calendar as it counts for clocks that start on `effective_from` or later."""

    id = models.UUIDField(primary_key=True, editable=False)
    calendar = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    effective_from = models.DateField()
    sha256 = models.BinaryField(max_length=32)
    tz = models.CharField(max_length=64)
    weekly = models.JSONField(help_text='{"mon": [["08:00", "17:00"]], ...}; a day that is not listed is closed.')
    holidays = models.JSONField(help_text='{"2026-07-03": "Independence Day (observed)"}')
    first_on = models.DateField()
    last_on = models.DateField(help_text="The horizon: later days were not reviewed, hence nothing may fall due there.")
    tzdata_version = models.CharField(max_length=16)
    offsets = models.JSONField(
        help_text="[[UTC second, offset in seconds]]: the zone's answers, frozen at publication."
    )
    draft = models.ForeignKey(
        "slas.PolicyDraft", models.PROTECT, null=True, related_name="+", help_text="Empty: published from a file."
    )
    published_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("calendar", "version"), name="slas_calendar_version_unique"),
            models.UniqueConstraint(fields=("calendar", "effective_from"), name="slas_calendar_one_a_day"),
            models.CheckConstraint(name="slas_calendar_horizon", condition=Q(first_on__lt=F("last_on"))),
            models.CheckConstraint(name="slas_calendar_name", condition=Q(calendar__regex=NAME)),
        )

    def __str__(self) -> str:
        return f"{self.calendar} v{self.version}"


class PolicyVersion(models.Model):
    """One obligation of one policy pack for one track, in force during `[effective_from, effective_to)`.

    Ranges of one obligation never overlap (an EXCLUDE constraint, migration 0002). Only `effective_to` may ever change,
    and only from open to a date.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    pack = models.CharField(max_length=40)
    obligation = models.CharField(max_length=40)
    track = models.CharField(max_length=20, blank=True, help_text="Empty: for every track that has no row of its own.")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    sha256 = models.BinaryField(max_length=32)
    title = models.CharField(max_length=80)
    promise = models.CharField(max_length=200, blank=True)
    calendar = models.CharField(max_length=40)
    starts_on = models.CharField(max_length=40)
    met_on = models.CharField(max_length=40)
    measure = models.CharField(max_length=20, choices=[(measure, measure) for measure in Measure])
    budget = models.BigIntegerField(null=True, help_text="Days or seconds; empty: given when the clock starts.")
    start_rule = models.CharField(max_length=10, choices=[(rule, rule) for rule in StartRule])
    day_end = models.CharField(max_length=10, choices=[(end, end) for end in DayEnd])
    thresholds = models.JSONField(help_text="[{code, at, align}] in the words of the pack.")
    actions = models.JSONField(help_text="{code: [action]}: what the sweep puts into the outbox.")
    pause_reasons = ArrayField(models.CharField(max_length=40), help_text="Empty: this clock never pauses.")
    extension = models.JSONField(null=True, help_text="{max_count, max_units, by, reasons, notice}; empty: none.")
    consequence = models.TextField(blank=True)
    next_level = models.TextField(blank=True)
    clause = models.CharField(max_length=120)
    url = models.CharField(max_length=300, blank=True)
    mark = models.CharField(max_length=1, choices=[(mark.value, mark.name.lower()) for mark in Mark])
    legal = models.BooleanField(db_default=False, help_text="Law, not house policy: it never pauses.")
    enabled = models.BooleanField(db_default=True, help_text="Off while a number of its pack is to be confirmed.")
    on_miss = models.JSONField(
        db_default=Value([], models.JSONField()),
        help_text="[{kind, to, words, rights, holds, clause}]: what a missed date brings about.",
    )
    draft = models.ForeignKey(
        "slas.PolicyDraft", models.PROTECT, null=True, related_name="+", help_text="Empty: published from a file."
    )
    applies_to = models.JSONField(
        db_default=Value({}, models.JSONField()), help_text="{fact: [value]}: whom it binds; empty: nobody by itself."
    )
    published_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="slas_policy_law_never_pauses", condition=Q(legal=False) | Q(pause_reasons__len=0)
            ),
            models.UniqueConstraint(
                fields=("pack", "obligation", "track", "effective_from"), name="slas_policy_version_unique"
            ),
            models.CheckConstraint(
                name="slas_policy_effective_range",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
            models.CheckConstraint(
                name="slas_policy_budget_positive", condition=Q(budget__isnull=True) | Q(budget__gt=0)
            ),
            models.CheckConstraint(
                name="slas_policy_names",
                condition=Q(
                    Q(track="") | Q(track__regex=NAME), calendar__regex=NAME, obligation__regex=NAME, pack__regex=NAME
                ),
            ),
            models.CheckConstraint(name="slas_policy_url", condition=Q(url="") | Q(url__startswith="https://")),
        )

    def __str__(self) -> str:
        return " ".join(filter(None, (self.pack, self.obligation, self.track, f"from {self.effective_from}")))
