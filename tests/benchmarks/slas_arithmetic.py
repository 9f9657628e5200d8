"""What business hours cost: 16 of them against pandas, 72 against a walk from day to day, as most code does it.

The walk is a lean one of our own; beside it stands businesstimedelta, a library that walks. Each takes an instant in
UTC and gives one back. Neither library is a dependency: uv fetches them for this one run, or the walk is the baseline.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from slas.algebra import Line, Measure, Rule
from slas.calendar import Calendar, Definition, moment
from tests.benchmarks.figure import Figure
from tests.slas.calendars import published

STARTS, WALKS = 20_000, 1_000
SHORT, LONG = 16, 72  # business hours
AGAINST_PANDAS, AGAINST_WALK = 50, 10
RULE = Rule(Measure.BUSINESS_SECONDS)
FIRST = datetime(2024, 1, 2, 15, tzinfo=UTC)
OTHERS = ("pandas==2.3.3", "businesstimedelta==1.0.1")
THEIR_WAY = """
import json, sys, time
from datetime import datetime, time as clock
import pandas as pd, pytz
from businesstimedelta import BusinessTimeDelta, Rules, WorkDayRule
texts, short, long, holidays = json.load(sys.stdin)
def best(starts, reckon):
    chunks = []
    for first in range(0, len(starts), 50):
        began = time.perf_counter()
        for start in starts[first : first + 50]:
            reckon(start)
        chunks.append((time.perf_counter() - began) / 50 * 1e6)
    return min(chunks)
def by_pandas(start):
    return (pd.Timestamp(start).tz_convert("America/New_York") + hours).tz_convert("UTC").to_pydatetime()
starts = [datetime.fromisoformat(text) for text in texts]
hours = pd.offsets.CustomBusinessHour(short, start="08:00", end="17:00", holidays=holidays)
days = Rules([WorkDayRule(clock(8), clock(17), [0, 1, 2, 3, 4], tz=pytz.timezone("America/New_York"))])
added = BusinessTimeDelta(days, hours=long)
print(json.dumps([best(starts, by_pandas), best(starts[:200], lambda start: start + added)]))
"""


def measure() -> Figure:
    """Reckon from the same instants of four years each way; every walk must agree."""
    calendar, starts = published("house"), _instants()
    days, few = calendar.definition, starts[:WALKS]
    algebra, walk = {}, {}
    for hours in (SHORT, LONG):
        budget = RULE.measure.units(hours * 3600)
        algebra[hours] = _microseconds(lambda start, units=budget: _due(calendar, start, units), starts)
        walk[hours] = _microseconds(lambda start, hours=hours: _walk(days, start, hours), few)
        if any(_walk(days, start, hours) != _due(calendar, start, budget) for start in few):
            raise RuntimeError("the walk does not end where the algebra does")
    theirs = _others(few, days)
    pandas, library = theirs or (walk[SHORT], None)
    return Figure(
        name="slas_arithmetic",
        value=algebra[SHORT],
        unit=f"µs for {SHORT} business hours",
        baseline=pandas,
        baseline_is="pandas, CustomBusinessHour" if theirs else "a lean walk, for pandas could not be fetched",
        target=f"{AGAINST_PANDAS} times faster; {LONG} hours {AGAINST_WALK} times faster than a walk from day to day",
        ok=pandas >= AGAINST_PANDAS * algebra[SHORT] and walk[LONG] >= AGAINST_WALK * algebra[LONG],
        more={
            "times_faster": pandas / algebra[SHORT],
            "long": algebra[LONG],
            "long_businesstimedelta": library,
            "long_walk": walk[LONG],
            "long_times_faster": walk[LONG] / algebra[LONG],
        },
    )


def _instants() -> list[datetime]:
    chance = random.Random(72)  # noqa: S311 -- the same instants in every run
    return [FIRST + timedelta(seconds=chance.randrange(4 * 365 * 86400)) for _ in range(STARTS)]


def _microseconds(reckon: Callable[[datetime], object], starts: list[datetime]) -> float:
    """Return what one takes, in that hundred of them which the machine disturbed least."""
    best = float("inf")
    for first in range(0, len(starts), 100):
        began = time.perf_counter()
        for start in starts[first : first + 100]:
            reckon(start)
        best = min(best, time.perf_counter() - began)
    return best / 100 * 1e6


def _due(calendar: Calendar, start: datetime, budget: int) -> datetime:
    line = Line(calendar, RULE, start)
    begin = line.begin()
    return moment(max(line.reach(line.position(begin) + budget), begin))


def _walk(calendar: Definition, start: datetime, hours: int) -> datetime:
    """Return when so many open hours are over, going through the days of the same calendar as most code does."""
    zone, left = ZoneInfo(calendar.tz), timedelta(hours=hours)
    day = start.astimezone(zone).date()
    while True:
        midnight = datetime.combine(day, datetime.min.time(), zone)
        for opens, closes in calendar.weekly[day.weekday()] if day not in calendar.holidays else ():
            since = max((midnight + timedelta(seconds=opens)).astimezone(UTC), start)
            span = max((midnight + timedelta(seconds=closes)).astimezone(UTC) - since, timedelta(0))
            if span >= left:
                return since + left
            left -= span
        day += timedelta(days=1)


def _others(starts: list[datetime], calendar: Definition) -> list[float] | None:
    """Return the microseconds that pandas and businesstimedelta take, or None and a word why they were not asked."""
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "run", "--quiet", "--no-project", "--python", sys.executable]
    command += [word for name in OTHERS for word in ("--with", name)]
    done = subprocess.run(  # noqa: S603 -- our own program
        [*command, "python", "-c", THEIR_WAY],
        input=json.dumps([[str(start) for start in starts], SHORT, LONG, sorted(map(str, calendar.holidays))]),
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        sys.stderr.write(f"NOT FETCHED: {done.stderr.strip().splitlines()[-1:]}\n")
        return None
    return json.loads(done.stdout)
