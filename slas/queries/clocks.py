"""Clocks as others read them, the database's own among them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import connection

from slas.faces import is_fold
from slas.models import OPEN, Clock, ClockEvent


def database_now() -> datetime:
    """Return the time of the database, the only clock that counts: those of hosts may be wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    return now


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
    """Yield the clocks whose row is not the fold of their events: there should be none, ever."""
    clocks = Clock.objects.order_by("pk")
    last = None
    while rows := list((clocks.filter(pk__gt=last) if last else clocks)[:chunk]):
        events = defaultdict(list)
        for event in ClockEvent.objects.filter(matter_id__in={row.matter_id for row in rows}).order_by("rev"):
            events[event.clock_id].append(event)
        yield from (row for row in rows if not is_fold(row, events[row.id]))
        last = rows[-1].pk
