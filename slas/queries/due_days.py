"""What falls due next: storms that can be seen coming."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from slas.models import ClockState

# Clocks that count business days share the closing times, hence few groups however many clocks.
DUE_DAYS = """
SELECT day, sum(clocks), (array_agg(minute ORDER BY clocks DESC, minute))[1], max(clocks)
  FROM (SELECT (due_at AT TIME ZONE %(zone)s)::date AS day, date_trunc('minute', due_at) AS minute, count(*) AS clocks
          FROM slas_clock WHERE state = %(running)s AND due_at > %(now)s AND due_at <= %(until)s
         GROUP BY 1, 2) minutes
 GROUP BY day ORDER BY day"""


@dataclass(frozen=True, slots=True)
class DueDay:
    """How many running clocks fall due on one day, and how many of them in its busiest minute."""

    day: date
    clocks: int
    busiest_at: datetime
    at_once: int


def due_days(now: datetime, until: datetime, *, zone: str) -> list[DueDay]:
    """Return the days up to `until`, as the zone counts them, on which something falls due: one query."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_DAYS, {"now": now, "until": until, "zone": zone, "running": ClockState.RUNNING})
        return [DueDay(day, int(clocks), busiest_at, at_once) for day, clocks, busiest_at, at_once in cursor.fetchall()]
