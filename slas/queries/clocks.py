"""Clocks as others read them, the database's own among them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from slas.faces import is_fold
from slas.models import OPEN, Clock, ClockEvent


def database_now() -> datetime:
    """Return the time of the database, the only clock that counts: those of hosts may be wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    return now


def read_clocks() -> tuple[datetime, timedelta]:
    """Return the time of the database, and how far this host's clock is ahead of it (behind: below zero).

    The host's is read before and after; the middle of the two is when the database read its own.
    """
    before = timezone.now()
    now = database_now()
    return now, before + (timezone.now() - before) / 2 - now


def open_clocks(matter_ids: Iterable[UUID]) -> dict[UUID, list[Clock]]:
    """Return the open clocks of these matters with their policies, earliest due date first: one query.

    Matters without any are absent.
    """
    found = defaultdict(list)
    rows = Clock.objects.filter(matter_id__in=list(matter_ids), state__in=OPEN)
    for clock in rows.select_related("policy").order_by("due_at"):
        found[clock.matter_id].append(clock)
    return dict(found)


def misfolded_clocks(chunk: int = 2000) -> Iterator[Clock]:
    """Yield the clocks whose row is not the fold of their events: there should be none, ever.

    People work meanwhile, so what looks wrong is looked at again under its lock.
    """
    clocks = Clock.objects.order_by("pk")
    last = None
    while rows := list((clocks.filter(pk__gt=last) if last else clocks)[:chunk]):
        events = defaultdict(list)
        for event in ClockEvent.objects.filter(matter_id__in={row.matter_id for row in rows}).order_by("rev"):
            events[event.clock_id].append(event)
        yield from (row for row in rows if not is_fold(row, events[row.id]) and not _is_fold_now(row))
        last = rows[-1].pk


def _is_fold_now(clock: Clock) -> bool:
    with transaction.atomic():
        row = Clock.objects.select_for_update(no_key=True).get(pk=clock.pk)
        events = ClockEvent.objects.filter(matter_id=clock.matter_id, clock_id=clock.id).order_by("rev")
        return is_fold(row, list(events))
