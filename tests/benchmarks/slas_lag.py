"""How late a firing is committed after its clock fell due, among a million open ones, in a real worker."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from slas.queries import database_now
from slas.sweep import fire_due
from slas.timer import WATERMARK
from tests.benchmarks.figure import Figure
from tests.slas.many import KIND, crowd
from tests.slas.workers import running_worker

OPEN, SAMPLE, BASELINE_SAMPLE = 1_000_000, 300, 60
TARGET = 25  # ms
APART = timedelta(milliseconds=83)  # in step with nothing
NOTICE = timedelta(seconds=3)
LATEST = 5.0  # seconds
GLANCE = 0.001  # seconds
# Each of them alone, and nobody else's: a crowd's clock has the id of its matter.
ARM = """
UPDATE slas_clock c SET due_at = at, fire_ats = ARRAY[at], next_fire_at = at, next_seq = 1
  FROM (SELECT id, %s + n * %s AS at
          FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM slas_matter WHERE kind = %s
                 ORDER BY id OFFSET %s LIMIT %s) chosen) armed
 WHERE c.matter_id = armed.id AND c.id = armed.id RETURNING c.id, at"""
FIRED = """
SELECT statement_timestamp(), EXISTS (SELECT FROM slas_firing WHERE matter_id = %s AND clock_id = %s AND code = 100)"""


def measure() -> Figure:
    """Arm some of them one after the other and watch for each firing; then sweep once a second, as beat would."""
    with crowd(OPEN, due_in=timedelta(days=1), apart=timedelta(milliseconds=50)):
        with running_worker("lag@benchmark"):
            lags = sorted(_lag(clock_id, at) for clock_id, at in _arm(0, SAMPLE))
        by_beat = sorted(_lags_of_a_beat(_arm(SAMPLE, BASELINE_SAMPLE)))
    p99, by_beat_p99 = _p99(lags), _p99(by_beat)
    return Figure(
        name="slas_lag",
        value=p99,
        unit="ms, 99th percentile",
        baseline=by_beat_p99,
        baseline_is="the same sweep once a second, as a periodic task",
        target=f"<= {TARGET} ms",
        ok=p99 <= TARGET,
        more={"median": lags[len(lags) // 2], "longest": lags[-1]},
    )


def _p99(lags: list[float]) -> float:
    return lags[len(lags) * 99 // 100]


def _arm(skip: int, number: int) -> list[tuple[UUID, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(ARM, [database_now() + NOTICE - skip * APART, APART, KIND, skip, number])
        return sorted(cursor.fetchall(), key=lambda armed: armed[1])


def _lag(clock_id: UUID, due_at: datetime) -> float:
    """Return the milliseconds after which the firing could be read."""
    time.sleep(max(0, (due_at - database_now()).total_seconds()))
    end = time.monotonic() + LATEST
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(FIRED, [clock_id, clock_id])
            now, fired = cursor.fetchone()
            if fired:
                return (now - due_at).total_seconds() * 1000
            time.sleep(GLANCE)
    raise RuntimeError(f"clock {clock_id} has not fired {LATEST} s after it was due")


def _lags_of_a_beat(armed: list[tuple[UUID, datetime]]) -> Iterator[float]:
    waiting = [at for _, at in armed]
    while waiting:
        time.sleep(1)
        now = database_now()
        with connection.cursor() as cursor:
            fire_due(cursor, now=now, low=now - WATERMARK, who="benchmark")
        done = database_now()
        yield from ((done - at).total_seconds() * 1000 for at in waiting if at <= now)
        waiting = [at for at in waiting if at > now]
