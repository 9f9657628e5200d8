"""What a look at nothing costs while 150,000 dead index entries have to stay, because somebody's snapshot is old."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from django.db import connection, connections

from slas.queries import database_now
from slas.sweep import BEGINNING, fire_due
from slas.timer import WATERMARK
from tests.benchmarks.figure import Figure
from tests.slas.many import KIND, crowd

DEAD, LOOKS = 150_000, 300
LONG_AGO = timedelta(minutes=-10)
# As a sweep leaves them; what it writes besides is not looked at here.
MOVED_ON = """
UPDATE slas_clock SET next_seq = 2, next_fire_at = NULL
 WHERE matter_id IN (SELECT id FROM slas_matter WHERE kind = %s)"""


def measure() -> Figure:
    """Move the clocks on under an old snapshot, look; end the snapshot, vacuum, look again."""
    with crowd(DEAD, due_in=LONG_AGO), connection.cursor() as cursor:
        with _old_snapshot():
            cursor.execute(MOVED_ON, [KIND])
            dead = _milliseconds(WATERMARK, LOOKS)
            without_watermark = _milliseconds(database_now() - BEGINNING, 3)
        cursor.execute("VACUUM slas_clock")
        clean = _milliseconds(WATERMARK, LOOKS)
    return Figure(
        name="slas_dead_entries",
        value=dead,
        unit="ms",
        baseline=clean,
        baseline_is="after the snapshot was given up, vacuumed",
        target="<= 2 times",
        ok=dead <= 2 * clean,
        more={"without_watermark": without_watermark},
    )


@contextmanager
def _old_snapshot() -> Iterator[None]:
    with psycopg.connect(**connections["default"].get_connection_params()) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM slas_sweeper")
        yield


def _milliseconds(back: timedelta, looks: int) -> float:
    """Return the median of so many looks."""
    with connection.cursor() as cursor:
        now = database_now()
        taken = sorted(_one_look(cursor, now, now - back) for _ in range(looks))
    return taken[looks // 2] * 1000


def _one_look(cursor, now: datetime, low: datetime) -> float:
    began = time.perf_counter()
    fire_due(cursor, now=now, low=low, who="benchmark")
    return time.perf_counter() - began
