"""How punctually thresholds fire, read from the ledger. Its index on time makes the cost that of the span, not of all.

The lag of a firing counts from when it was due, or from when its clock was armed if that came later: a complaint that
is entered with a past date of receipt has warnings that were due before anybody could fire them. What a later
threshold overtook, or an act recorded, was not fired by a sweeper and does not count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from slas.models import Firing

# Few firings come later than a second, and only these look up when their clock was armed.
LAGS = """
SELECT fired_at, extract(epoch FROM fired_at - greatest(scheduled_for,
         CASE WHEN fired_at > scheduled_for + interval '1 second' THEN (
           SELECT recorded_at FROM slas_clockevent e
            WHERE (e.matter_id, e.clock_id, e.rev) = (f.matter_id, f.clock_id, f.clock_rev)) END))::float AS lag
  FROM slas_firing f WHERE fired_at > %(since)s AND fired_at <= %(now)s AND NOT suppressed AND sweeper <> ''"""

QUANTILES = f"""
SELECT count(*), percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY lag), max(lag)
  FROM ({LAGS}) lags"""  # noqa: S608 -- our own words

BY_HOUR = f"""
SELECT date_trunc('hour', fired_at, 'UTC'), count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY lag), max(lag)
  FROM ({LAGS}) lags GROUP BY 1 ORDER BY 1"""  # noqa: S608

BUSIEST = f"""
SELECT date_trunc('minute', fired_at), count(*), max(lag)
  FROM ({LAGS}) lags GROUP BY 1 ORDER BY 2 DESC, 1 DESC LIMIT %(most)s"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class FireLag:
    """How late the thresholds of a span fired, in seconds; None where none did."""

    fired: int
    median: float | None
    p95: float | None
    p99: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class FiredCode:
    """How often one threshold fired in a span, and how often it was suppressed or recorded by an act instead."""

    code: int
    fired: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class Burst:
    """What fired within an hour or a minute that began then, with lags in seconds."""

    began_at: datetime
    fired: int
    longest: float
    median: float | None = None


def fire_lag(now: datetime, span: timedelta) -> FireLag:
    """Return how late the thresholds fired that did so within the span up to now."""
    ((fired, quantiles, longest),) = _rows(QUANTILES, since=now - span, now=now)
    median, p95, p99 = quantiles or (None, None, None)
    return FireLag(fired, median, p95, p99, longest)


def fired_by_code(now: datetime, span: timedelta) -> list[FiredCode]:
    """Return what fired within the span up to now, by code: below 100 warnings, from 100 on breaches."""
    rows = Firing.objects.filter(fired_at__gt=now - span, fired_at__lte=now).order_by("code")
    silent = Q(suppressed=True) | Q(sweeper="")
    counted = rows.values_list("code").annotate(fired=Count("code", filter=~silent), not_=Count("code", filter=silent))
    return [FiredCode(*row) for row in counted]


def fired_by_hour(now: datetime, hours: int) -> list[Burst]:
    """Return the last full hours and the present one, the earliest first, those too in which nothing fired."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    begins = [this_hour - timedelta(hours=ago) for ago in range(hours, -1, -1)]
    rows = _rows(BY_HOUR, since=begins[0], now=now)
    found = {at: Burst(at, fired, longest, median) for at, fired, median, longest in rows}
    return [found.get(at) or Burst(at, 0, 0.0) for at in begins]


def busiest_minutes(now: datetime, span: timedelta, *, most: int) -> list[Burst]:
    """Return the minutes of the span up to now in which most fired, the busiest first."""
    return [Burst(at, fired, longest) for at, fired, longest in _rows(BUSIEST, since=now - span, now=now, most=most)]


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
