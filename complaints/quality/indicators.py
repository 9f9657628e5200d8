"""The headline figures (product targets; ISO 10002 8.4), computed from the verdicts of clocks and from nothing else."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.capa.dates import ALL_TIME, Period
from complaints.enums import Track
from complaints.permissions import demand
from members.actors import Actor
from slas.models import Clock, ClockState


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure counts: clocks of one kind, of these tracks (none: of all), and how many have to be met."""

    code: str
    label: str | Promise
    kind: str
    tracks: frozenset[str]
    percent: int


TARGETS = (
    Target("acknowledged", _("Acknowledged on time"), "acknowledge", frozenset(), 100),
    Target("closed", _("Closed in 15 business days"), "resolve", frozenset({Track.STANDARD}), 90),
    Target("urgent", _("Urgent closed in 72 hours"), "resolve", frozenset({Track.EXPEDITED, Track.APPEAL}), 100),
    Target("answered", _("Answered in 24 hours"), "message_reply", frozenset(), 95),
)


ONCE_A_COMPLAINT = frozenset({"acknowledge", "resolve"})
"""What is owed once, however often its date was set anew. Each message is a promise of its own."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One headline figure against its target. `percent` is None while there is no verdict."""

    code: str
    label: str
    target: int
    met: int
    missed: int

    @property
    def percent(self) -> float | None:
        """Return the share that was met. It is never rounded up to the target: 99.96 % is shown as 99.9 %."""
        total = self.met + self.missed
        return 1000 * self.met // total / 10 if total else None

    @property
    def is_reached(self) -> bool:
        """Tell whether the target is reached, by whole numbers and not by what rounding shows."""
        return 100 * self.met >= self.target * (self.met + self.missed)


def headline_indicators(*, actor: Actor, at: datetime, period: Period = ALL_TIME) -> list[Indicator]:
    """Return the headline figures of a period, in one query. Raises ActionForbidden.

    A clock counts when its verdict became known: at the act that met it, or at its due date when that passed unmet.
    So what is overdue and still open counts as missed, and what is open and not due yet does not count. A complaint
    counts once: what was missed before a new assessment stays missed, whatever became of the clocks after it.
    """
    demand(actor, "read_quality")
    known_at = Case(When(state=ClockState.MET, then=F("ended_at")), default=F("due_at"))
    decided = Q(state__in=[ClockState.MET, ClockState.MISSED]) | Q(state=ClockState.RUNNING, due_at__lt=at)
    clocks = Clock.objects.filter(decided, kind__in={target.kind for target in TARGETS}).alias(known_at=known_at)
    missed_before = Clock.objects.filter(
        matter=OuterRef("matter"), kind=OuterRef("kind"), cycle__lt=OuterRef("cycle"), state=ClockState.MISSED
    )
    clocks = clocks.exclude(Exists(missed_before), kind__in=ONCE_A_COMPLAINT)
    if period.starts_at:
        clocks = clocks.filter(known_at__gte=period.starts_at)
    if period.ends_at:
        clocks = clocks.filter(known_at__lt=period.ends_at)
    is_met = Q(state=ClockState.MET)
    counts = clocks.values_list("kind", "policy__track").annotate(
        met=Count("id", filter=is_met), missed=Count("id", filter=~is_met)
    )
    return _against_targets(list(counts))


def _against_targets(counts: list[tuple[str, str, int, int]]) -> list[Indicator]:
    met: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for kind, track, *numbers in counts:
        for target in TARGETS:
            if target.kind == kind and (not target.tracks or track in target.tracks):
                met[target.code] += numbers[0]
                missed[target.code] += numbers[1]
    return [
        Indicator(target.code, str(target.label), target.percent, met[target.code], missed[target.code])
        for target in TARGETS
    ]
