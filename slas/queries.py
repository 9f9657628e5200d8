"""Reads of the deadline engine. Nothing here changes a row."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q

from slas.models import OPEN, Clock, Outbox, Sweeper


def database_now() -> datetime:
    """Return the time of the database, the only clock that counts: those of hosts may be wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]


def open_clocks(matter_ids: Iterable[UUID]) -> dict[UUID, list[Clock]]:
    """Return the open clocks of these matters, the one that is due first first: one query. Matters without are absent."""
    found = defaultdict(list)
    for clock in Clock.objects.filter(matter_id__in=list(matter_ids), state__in=OPEN).order_by("due_at"):
        found[clock.matter_id].append(clock)
    return dict(found)


def clocks_of(matter_id: UUID) -> list[Clock]:
    """Return every clock of one matter, ended ones too, in order of kind and cycle."""
    return list(Clock.objects.filter(matter_id=matter_id).order_by("kind", "cycle"))


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine does, seen from outside of it: a dead sweeper cannot report that it is dead."""

    armed: int
    overdue_unfired: int
    oldest_overdue: timedelta | None
    heartbeat_age: timedelta | None
    outbox_unsettled: int
    oldest_unsettled: timedelta | None
    outbox_dead: int


def health(now: datetime) -> Health:
    """Return the figures that an operator alarms on: three queries over partial indexes."""
    armed = Clock.objects.filter(next_fire_at__isnull=False).aggregate(
        armed=Count("id"), overdue=Count("id", filter=Q(next_fire_at__lte=now)), oldest=Min("next_fire_at")
    )
    outbox = Outbox.objects.filter(settled_at__isnull=True).aggregate(
        unsettled=Count("key", filter=Q(dead_at__isnull=True)),
        dead=Count("key", filter=Q(dead_at__isnull=False)),
        oldest=Min("created_at", filter=Q(dead_at__isnull=True)),
    )
    seen_at = Sweeper.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    oldest = armed["oldest"] if armed["overdue"] else None
    return Health(
        armed=armed["armed"],
        overdue_unfired=armed["overdue"],
        oldest_overdue=oldest and now - oldest,
        heartbeat_age=seen_at and now - seen_at,
        outbox_unsettled=outbox["unsettled"],
        oldest_unsettled=outbox["oldest"] and now - outbox["oldest"],
        outbox_dead=outbox["dead"],
    )
