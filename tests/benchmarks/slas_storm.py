"""How long 45,000 clocks take that fall due at one instant: until all have fired, until all their effects are settled.

The worker is a real one, with its timer, its pool of two, PostgreSQL and Valkey; its receiver writes a row for each of
the three actions of a breach.
"""

import time
from datetime import datetime, timedelta

from django.db import connection

from slas.outbox import settle
from slas.queries import database_now
from slas.relay import take_envelope
from slas.sweep import fire_one_by_one
from tests.benchmarks.figure import Figure
from tests.benchmarks.listener import effects, effects_on_record
from tests.slas.many import crowd
from tests.slas.workers import running_worker

CLOCKS, ACTIONS, SAMPLE = 45_000, 3, 300
FIRED_WITHIN, SETTLED_WITHIN = 2.0, 4.0  # seconds
PREPARATION = timedelta(seconds=25)  # to arm the clocks and start the worker
GLANCE = 0.05  # seconds
ARMED = "SELECT FROM slas_clock WHERE next_fire_at <= %s"
UNSETTLED = "SELECT FROM slas_outbox WHERE settled_at IS NULL AND dead_at IS NULL"


def measure() -> Figure:
    """Let the storm come over the worker; the baseline is a sample fired and settled one by one, scaled."""
    with effects_on_record():
        fired_alone, settled_alone = _one_by_one()
    with effects_on_record(), crowd(CLOCKS, due_in=PREPARATION) as due_at:
        fired, settled = _storm(due_at)
    return Figure(
        name="slas_storm",
        value=settled,
        unit="s until all effects are settled",
        baseline=fired_alone + settled_alone,
        baseline_is="the same clocks fired and settled one by one",
        target=f"<= {SETTLED_WITHIN} s; all fired <= {FIRED_WITHIN} s",
        ok=fired <= FIRED_WITHIN and settled <= SETTLED_WITHIN,
        more={"fired": fired, "fired_one_by_one": fired_alone},
    )


def _storm(due_at: datetime) -> tuple[float, float]:
    with running_worker("storm@benchmark", "--concurrency", "2", "--include", "tests.benchmarks.listener"):
        if (ahead := (due_at - database_now()).total_seconds()) < 0:
            raise RuntimeError(f"the worker was ready {-ahead:.0f} s after the storm had begun")
        time.sleep(ahead)
        fired = (_when_none(ARMED, [due_at]) - due_at).total_seconds()
        settled = (_when_none(UNSETTLED) - due_at).total_seconds()
        happened, different, first_at = effects()
    if (happened, different) != (CLOCKS * ACTIONS, CLOCKS * ACTIONS) or first_at < due_at:
        raise RuntimeError(f"{happened} effects, {different} different ones, the first at {first_at}, due at {due_at}")
    return fired, settled


def _when_none(question: str, values: list[datetime] | None = None) -> datetime:
    """Return the first time of the database at which there is none left."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"SELECT statement_timestamp(), EXISTS ({question})", values)
            now, some = cursor.fetchone()
            if not some:
                return now
            time.sleep(GLANCE)


def _one_by_one() -> tuple[float, float]:
    """Return the seconds that firing and settling takes without batches and envelopes."""
    with crowd(SAMPLE, due_in=timedelta(0)), connection.cursor() as cursor:
        began = time.perf_counter()
        fire_one_by_one(cursor, now=database_now(), n=SAMPLE, who="benchmark")
        fired = time.perf_counter() - began
        began = time.perf_counter()
        while pairs := take_envelope(cursor, n=1):
            settle(pairs)
        settled = time.perf_counter() - began
    return fired * CLOCKS / SAMPLE, settled * CLOCKS / SAMPLE
