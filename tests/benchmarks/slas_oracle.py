"""How often the engine and a walk along the wall clock disagree, against arithmetic that knows one UTC offset only.

Zones that change their clocks by half an hour or by two, that skip a day or have midnight twice; every measure, start
rule and day end; lunch breaks, nights, holidays; pauses and extensions. The cases are drawn at random by a seed, which
is printed; REDRESS_SEED sets another. Hypothesis draws the same lives in tests/slas/test_oracle.py.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from random import Random

from tests.benchmarks.figure import Figure
from tests.slas.random_lives import Place, make_life, make_place, reckoned, truth_of
from tests.slas.slow_clock import OffTheWalk, SlowClock
from tests.slas.test_oracle import ODD_DAYS

CASES, CALENDARS_A_ZONE = 100_000, 3
SEED = int(os.environ.get("REDRESS_SEED", "20110230"))


def measure() -> Figure:
    """Compare the due dates of random lives."""
    wrong = naive_wrong = refused = 0
    for place, life, truth in lives(Random(SEED)):  # noqa: S311 -- not for secrets
        refused += truth is None
        wrong += reckoned(place.calendar, life) != truth
        naive_wrong += reckoned(place.naive, life) != truth
    return Figure(
        name="slas_oracle",
        value=wrong,
        unit=f"mismatches in {CASES:,} cases",
        baseline=naive_wrong,
        baseline_is="the same arithmetic with the UTC offset of the first day",
        target="0",
        ok=wrong == 0,
        more={"zones": len({tz for tz, _ in ODD_DAYS}), "refused by both": refused, "seed": SEED},
    )


def lives(random: Random) -> Iterator[tuple[Place, SlowClock, datetime | None]]:
    """Yield random lives and their due dates; None where such a life is impossible."""
    places = [make_place(random, tz, odd) for tz, odd in ODD_DAYS for _ in range(CALENDARS_A_ZONE)]
    found = 0
    while found < CASES:
        place = random.choice(places)
        life = make_life(random, place)
        try:
            due_at = truth_of(life)
        except OffTheWalk:
            continue
        found += 1
        yield place, life, due_at
