"""What the worker of a benchmark does for each firing: it writes a row, in bulk, as receivers should.

Workers learn it by Celery's own option, `--include tests.benchmarks.listener`. The table has no key on purpose: what
happens twice must show.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.dispatch import receiver

from slas.signals import Fired, clock_breached
from tests.slas.many import KIND


@receiver(clock_breached)
def note(*, firings: Sequence[Fired], at: datetime, **_others: Any) -> None:
    """Write a row for each action of each firing."""
    keys = [fired.key for fired in firings if fired.clock.matter.kind == KIND]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_effect (key, at) SELECT unnest(%s::text[]), %s", [keys, at])


@contextmanager
def effects_on_record() -> Iterator[None]:
    """Let there be the table, for a while."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS benchmark_effect (key text NOT NULL, at timestamptz NOT NULL)")
        try:
            yield
        finally:
            cursor.execute("DROP TABLE benchmark_effect")


def effects() -> tuple[int, int, datetime | None]:
    """Return how many effects happened, how many different ones, and when the first of them did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT key), min(at) FROM benchmark_effect")
        return cursor.fetchone()
