"""Carries out a plan, blow by blow, and then lets the wounds heal."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from random import Random

from tqdm import tqdm

from config.stack.supervisor import say
from tests.chaos.plan import KILLS, Blow, Kind
from tests.chaos.world import World

LONGEST_DEATH = 2.0  # s until a killed worker is started again
PATIENCE = 1.0  # s until a blow is tried again that hit nobody
LOOK = 0.5  # s between two looks at how far it is

tqdm.monitor_interval = 0  # no thread of its own: children are tied to the thread that starts them


class Mayhem:
    """The blows that are still to fall, and how many of each kind have fallen."""

    def __init__(self, world: World, blows: Sequence[Blow], *, seed: int) -> None:
        self.world = world
        self.queue = list(blows)
        heapify(self.queue)
        self.random = Random(f"mayhem {seed}")  # noqa: S311 -- to be repeated, not to be secret
        self.fallen: Counter[Kind] = Counter()
        self.strikes: dict[Kind, Callable[[Blow], bool | None]] = {
            Kind.GROUP: lambda blow: world.kill_group(blow.slot),
            Kind.WORKER: lambda blow: world.kill_worker(blow.slot),
            Kind.CHILD: lambda blow: world.kill_pool_process(blow.slot),
            Kind.REVIVE: lambda blow: world.revive_worker(blow.slot),
            Kind.RESTART: lambda _: world.restart_database(),
            Kind.FLUSH: lambda _: world.flush_broker(),
            Kind.STOP: lambda _: world.stop_broker(),
            Kind.HANG: lambda _: world.hang_broker(),
            Kind.START: lambda _: world.start_broker(),
        }

    def rage(self, seconds: float) -> None:
        """Let everything happen at its time; returns when the last blow has fallen and the time is over."""
        began = time.monotonic()
        with tqdm(total=round(seconds), unit="s", desc="chaos", file=sys.stderr, leave=False) as bar:
            while self.queue or time.monotonic() - began < seconds:
                elapsed = time.monotonic() - began
                bar.update(min(round(elapsed), bar.total) - bar.n)
                if self.queue and self.queue[0].at <= elapsed:
                    self._strike(heappop(self.queue), elapsed, bar)
                self.world.pause()

    def _strike(self, blow: Blow, elapsed: float, bar: tqdm) -> None:
        """Let a blow fall. One that is aimed at a worker which does not sweep at present waits until it does."""
        hit = self.strikes[blow.kind](blow)
        if hit is False:
            heappush(self.queue, Blow(elapsed + PATIENCE, blow.kind, blow.slot))
            return
        self.fallen[blow.kind] += 1
        if blow.kind in KILLS:
            back = elapsed + self.random.uniform(0, LONGEST_DEATH)
            heappush(self.queue, Blow(back, Kind.REVIVE, blow.slot))
        if blow.kind is not Kind.REVIVE:
            bar.write(f"{elapsed:6.1f} s  {blow.kind}", file=sys.stderr)

    def heal(self, longest: float) -> float:
        """Disturb nothing until no clock is armed and no effect is open. Return how long that took, in seconds."""
        began = time.monotonic()
        with tqdm(unit="", desc="healing", file=sys.stderr, leave=False) as bar:
            while time.monotonic() - began < longest:
                left = self.world.left()
                if left == (0, 0):
                    break
                if left:
                    bar.set_postfix(armed=left[0], open=left[1])
                self.world.pause(LOOK)
        healed = time.monotonic() - began
        say(f"healing took {healed:.0f} s")
        return healed
