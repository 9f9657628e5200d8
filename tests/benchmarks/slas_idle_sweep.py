"""What a look at nothing costs with a million armed clocks, against ten thousand."""

import time
from datetime import timedelta

from django.db import connection

from slas.queries import database_now
from slas.sweep import fire_due
from slas.timer import WATERMARK
from tests.benchmarks.figure import Figure
from tests.slas.many import crowd

MANY, FEW = 1_000_000, 10_000
LOOKS = 300


def measure() -> Figure:
    """Look at both crowds, of which none is due for a day."""
    few, many = (_milliseconds(number) for number in (FEW, MANY))
    return Figure(
        name="slas_idle_sweep",
        value=many,
        unit="ms",
        baseline=few,
        baseline_is=f"with {FEW} armed clocks instead of {MANY}",
        target="<= 2 times",
        ok=many <= 2 * few,
    )


def _milliseconds(number: int) -> float:
    with crowd(number, due_in=timedelta(days=1), apart=timedelta(milliseconds=50)), connection.cursor() as cursor:
        now = database_now()
        taken = sorted(_one_look(cursor, now) for _ in range(LOOKS))
    return taken[LOOKS // 2] * 1000


def _one_look(cursor, now) -> float:
    began = time.perf_counter()
    fire_due(cursor, now=now, low=now - WATERMARK, who="benchmark")
    return time.perf_counter() - began
