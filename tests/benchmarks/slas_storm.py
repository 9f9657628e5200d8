"""How long 45,000 clocks take that fall due at one instant, against firing them one by one."""

import time
from datetime import timedelta

from django.db import connection

from slas.queries import database_now
from slas.sweep import STORM, fire_due, fire_one_by_one
from tests.benchmarks.figure import Figure
from tests.slas.many import crowd

CLOCKS, SAMPLE = 45_000, 1_000
TARGET = 2.0


def measure() -> Figure:
    """Fire the storm with its effects written to the outbox; the baseline is a sample, scaled."""
    with crowd(CLOCKS, due_in=timedelta(0)), connection.cursor() as cursor:
        now = database_now()
        began = time.perf_counter()
        fire_one_by_one(cursor, now=now, n=SAMPLE, who="benchmark")
        one_by_one = (time.perf_counter() - began) * CLOCKS / SAMPLE
        began = time.perf_counter()
        fired = 0
        while taken := fire_due(cursor, now=now, n=STORM, who="benchmark").taken:
            fired += taken
        seconds = (time.perf_counter() - began) * CLOCKS / fired
    return Figure(
        name="slas_storm",
        value=seconds,
        unit="s",
        baseline=one_by_one,
        baseline_is="the same clocks fired one by one",
        target=f"<= {TARGET} s",
        ok=seconds <= TARGET,
    )
