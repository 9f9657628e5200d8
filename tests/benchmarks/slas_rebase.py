"""How long a million open clocks take to go over to a corrected calendar, against a transaction for each."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from members.actors import SYSTEM
from slas.models import CalendarVersion
from slas.operations import rebase_clocks
from slas.operations.rebase_clocks import Outcome
from slas.queries import database_now
from tests.benchmarks.figure import Figure
from tests.slas.corrections import correct, withdraw
from tests.slas.many import crowd

CLOCKS, SAMPLE = 1_000_000, 300
STARTED_WITHIN = timedelta(days=9)
TARGET = 120.0


def measure() -> Figure:
    """Rebase clocks of 15 business days that started one after the other; the baseline is a sample, scaled."""
    corrected = _corrected(database_now().date())
    apart = STARTED_WITHIN / CLOCKS
    owed = {"obligation": "resolve", "track": "standard"}
    try:
        with crowd(CLOCKS, due_in=timedelta(days=1), apart=apart, started_apart=apart, **owed):
            one_by_one = _seconds(islice(_rebase(corrected, chunk=1), SAMPLE), SAMPLE)
            seconds = _seconds(_rebase(corrected), CLOCKS - SAMPLE)
    finally:
        withdraw(corrected)
    return Figure(
        name="slas_rebase",
        value=seconds,
        unit="s",
        baseline=one_by_one,
        baseline_is=f"one transaction for each clock, {SAMPLE} of them, scaled",
        target=f"<= {TARGET:.0f} s",
        ok=seconds <= TARGET,
    )


def _corrected(today: date) -> CalendarVersion:
    """Return the house calendar with some holidays more in the days to come; no clock starts by it yet."""
    return correct("house", closed=[today + timedelta(days=n) for n in range(5, 9)], effective_from=date.max)


def _rebase(corrected: CalendarVersion, **options: int) -> Iterator[list[Outcome]]:
    return rebase_clocks(actor=SYSTEM, at=database_now(), calendar=corrected, **options)


def _seconds(chunks: Iterator[list[Outcome]], expected: int) -> float:
    """Return how long a million would take. Raises AssertionError if clocks were left out."""
    began = time.perf_counter()
    taken = sum(map(len, chunks))
    took = time.perf_counter() - began
    assert taken >= expected, f"{expected - taken} clocks were left out"
    return took * CLOCKS / taken
