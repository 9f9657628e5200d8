"""What will happen when: everything follows from the seed. Plain Python; times are in seconds after the beginning."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

SECONDS_A_KILL = 3.0
SHORTEST = 5.0
TARGETS_A_CLOCK = 3.5  # of the four thresholds; acts in time spare some
STORM_EVERY = 20.0
BUDGETS = (10, 10, 20, 30, 60)  # s; in ten seconds the two warnings fall on one instant


class Kind(StrEnum):
    """How something is hit."""

    GROUP = "kill -9 of a worker and its pool"
    WORKER = "kill -9 of a worker alone"
    CHILD = "kill -9 of a pool process"
    RESTART = "immediate restart of PostgreSQL"
    FLUSH = "flush of Valkey"
    STOP = "kill -9 of Valkey, for a while"
    HANG = "Valkey answers nobody, for a while"
    START = "Valkey is back"
    REVIVE = "a worker is back"


KILLS = frozenset({Kind.GROUP, Kind.WORKER})


@dataclass(frozen=True, slots=True, order=True)
class Blow:
    """One thing that happens to the world; `slot` says to which worker."""

    at: float
    kind: Kind
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of everything. `stop` and `hang`: for how many seconds Valkey is away, or answers nobody; 0: never."""

    targets: int = 90_000
    kills: int = 40
    restarts: int = 3
    flushes: int = 3
    stop: int = 20
    hang: int = 10
    workers: int = 3
    seed: int = 1

    @property
    def seconds(self) -> float:
        """How long the blows fall."""
        return max(SHORTEST, SECONDS_A_KILL * self.kills)

    @property
    def clocks(self) -> int:
        """How many clocks are started beforehand."""
        return round(self.targets / TARGETS_A_CLOCK)


@dataclass(frozen=True, slots=True)
class Ask:
    """A clock to start: when it is due, and how many seconds before that it began."""

    due: float
    budget: int


def blows(wanted: Wanted) -> list[Blow]:
    """Return the blows in order of time: each kind spread over the whole time, its moments random."""
    random = Random(f"blows {wanted.seed}")  # noqa: S311 -- to be repeated, not to be secret
    found = []
    for number, kinds in (
        (wanted.kills, (Kind.GROUP, Kind.WORKER)),
        (wanted.kills // 4, (Kind.CHILD,)),
        (wanted.restarts, (Kind.RESTART,)),
    ):
        found += [
            Blow(at, random.choice(kinds), random.randrange(wanted.workers))
            for at in moments(random, number, wanted.seconds)
        ]
    stopped = random.uniform(0.1, 0.4) * wanted.seconds
    hung = max(random.uniform(0.6, 0.8) * wanted.seconds, stopped + wanted.stop + 2)
    away = [(Kind.STOP, stopped, stopped + wanted.stop), (Kind.HANG, hung, hung + wanted.hang)]
    for kind, begin, end in away:
        found += [Blow(begin, kind), Blow(end, Kind.START)] if begin < end else []
    for at in moments(random, wanted.flushes, wanted.seconds):
        found.append(Blow(next((end + 1 for _, begin, end in away if begin - 1 < at < end + 1), at), Kind.FLUSH))
    return sorted(found)


def asks(wanted: Wanted) -> list[Ask]:
    """Return the clocks to start: half of them fall due in storms, each at one instant, half in a steady stream."""
    random = Random(f"asks {wanted.seed}")  # noqa: S311 -- to be repeated, not to be secret
    storms = moments(random, max(2, round(wanted.seconds / STORM_EVERY)), wanted.seconds)
    return [
        Ask(random.choice(storms) if number % 2 else random.uniform(0, wanted.seconds), random.choice(BUDGETS))
        for number in range(wanted.clocks)
    ]


def moments(random: Random, number: int, seconds: float) -> list[float]:
    """Return random moments, one in each of so many equal parts of the time."""
    part = seconds / max(number, 1)
    return [part * (index + random.random()) for index in range(number)]
