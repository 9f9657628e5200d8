"""The outbox as people look at it: what fails and is tried again, what was given up."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, QuerySet

from slas.models import Outbox


@dataclass(frozen=True, slots=True)
class FailingEffects:
    """Effects of one topic that failed with one class of fault and will be tried again."""

    topic: str
    fault: str
    count: int
    most_tries: int
    next_try_at: datetime


@dataclass(frozen=True, slots=True)
class DeadEffects:
    """Effects of one topic that used up their tries; `faults` are the classes of their last errors."""

    topic: str
    count: int
    since: datetime
    faults: tuple[str, ...]


def failing_effects() -> list[FailingEffects]:
    """Return what fails and waits for its next try, by topic and fault, the most first: one query."""
    rows = Outbox.objects.filter(settled_at__isnull=True, dead_at__isnull=True).exclude(fault="")
    counted = rows.values_list("topic", "fault").annotate(
        count=Count("key"), most=Max("attempts"), next=Min("next_try_at")
    )
    return [FailingEffects(*row) for row in counted.order_by("-count", "topic", "fault")]


def dead_effects() -> list[DeadEffects]:
    """Return what was given up, by topic, the most first: one query."""
    counted = (
        Outbox.objects.filter(dead_at__isnull=False)
        .values_list("topic")
        .annotate(count=Count("key"), since=Min("dead_at"), faults=ArrayAgg("fault", distinct=True, order_by="fault"))
    )
    rows = counted.order_by("-count", "topic")
    return [DeadEffects(topic, count, since, tuple(faults)) for topic, count, since, faults in rows]


def dead_letters(topic: str = "") -> QuerySet[Outbox]:
    """Return the effects that were given up, of one topic or of all, the latest first."""
    rows = Outbox.objects.filter(dead_at__isnull=False, **({"topic": topic} if topic else {}))
    return rows.order_by("-dead_at", "matter_id", "key")
