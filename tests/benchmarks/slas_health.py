"""What one scrape of the metrics costs with a million armed clocks and a million firings, against ten thousand."""

import time
from datetime import timedelta

from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest

from config.metrics import EngineCollector
from tests.benchmarks.figure import Figure
from tests.slas.many import KIND, crowd

MANY, FEW = 1_000_000, 10_000
SCRAPES = 15
TARGET = 2
# As many firings as clocks, over twenty days and a few milliseconds late.
LEDGER = """
INSERT INTO slas_firing (matter_id, clock_id, epoch, code, scheduled_for, fired_at, clock_rev, suppressed, sweeper)
SELECT id, id, 1, 100, at, at + random() * interval '20 ms', 1, false, 'benchmark'
  FROM (SELECT id, statement_timestamp() - interval '20 days' * (1 - row_number() OVER (ORDER BY id) / %s::float) AS at
          FROM slas_matter WHERE kind = %s) crowd"""


def measure() -> Figure:
    """Scrape both, as Prometheus does every few seconds."""
    few, many = (_milliseconds(number) for number in (FEW, MANY))
    return Figure(
        name="slas_health",
        value=many,
        unit="ms",
        baseline=few,
        baseline_is=f"with {FEW} clocks and firings instead of {MANY}",
        target=f"<= {TARGET} times",
        ok=many <= TARGET * few,
    )


def _milliseconds(number: int) -> float:
    with crowd(number, due_in=timedelta(days=1), apart=timedelta(milliseconds=50)), connection.cursor() as cursor:
        cursor.execute(LEDGER, [number, KIND])
        cursor.execute("VACUUM ANALYZE slas_firing")
        taken = sorted(_one_scrape() for _ in range(SCRAPES))
    return taken[SCRAPES // 2] * 1000


def _one_scrape() -> float:
    registry = CollectorRegistry()
    registry.register(EngineCollector())
    began = time.perf_counter()
    generate_latest(registry)
    return time.perf_counter() - began
