"""What it costs to pause a clock and resume it with a million open clocks, against a thousand."""

import time
from datetime import datetime, timedelta
from statistics import median

from members.actors import SYSTEM
from members.acts import act
from slas.models import Clock
from slas.operations import pause_clock, resume_clock
from slas.queries import database_now
from tests.benchmarks.figure import Figure
from tests.slas.clocks import start
from tests.slas.many import crowd

MANY, FEW = 1_000_000, 1_000
CLOCKS, TURNS = 20, 15
PAUSED_FOR = timedelta(minutes=1)


def measure() -> Figure:
    """Pause and resume clocks of the house among both crowds.

    Of 300 turns the median counts.
    """
    few, many = (_milliseconds(number) for number in (FEW, MANY))
    return Figure(
        name="slas_pause",
        value=many,
        unit="ms",
        baseline=few,
        baseline_is=f"with {FEW:,} open clocks instead of {MANY:,}",
        target="<= 1.2 times",
        ok=many <= 1.2 * few,
    )


def _milliseconds(number: int) -> float:
    with crowd(number, due_in=timedelta(days=1), apart=timedelta(milliseconds=50)):
        now = database_now()
        clocks = [start("resolve", now, track="standard") for _ in range(CLOCKS)]
        taken = [_one_turn(clock, now + turn * 2 * PAUSED_FOR) for turn in range(TURNS) for clock in clocks]
    return median(taken) * 1000


def _one_turn(clock: Clock, at: datetime) -> float:
    """Return the seconds that a pause and its end took, a transaction each."""
    began = time.perf_counter()
    with act(actor=SYSTEM, at=at) as this:
        pause_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at, reason="waiting_for_member")
    with act(actor=SYSTEM, at=at + PAUSED_FOR) as this:
        resume_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at + PAUSED_FOR)
    return time.perf_counter() - began
