"""One run from the first clock to the verdict. Imported when Django is set up on the world's own database."""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection
from tqdm import tqdm

from config.stack.supervisor import say
from slas.queries import database_now
from slas.relay import RESEND
from tests.chaos import records
from tests.chaos.checker import Report, check
from tests.chaos.effects import TABLE
from tests.chaos.load import TOGETHER, Confirmed, plant, publish
from tests.chaos.mayhem import Mayhem
from tests.chaos.plan import KILLS, Ask, Kind, Wanted, asks, blows
from tests.chaos.world import World

MARGIN = 1.2
LONGEST_HEALING = 4 * RESEND + timedelta(seconds=60)
SHOWN = 20


def drill(world: World, wanted: Wanted) -> dict[str, object]:
    """Plant, strike, heal and check. Return the last line's content."""
    began = time.monotonic()
    _require_durability(world)
    publish()
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    world.start_workers()
    confirmed = _plant(world, asks(wanted))
    world.start_people(seed=wanted.seed, seconds=wanted.seconds)
    mayhem = Mayhem(world, blows(wanted), seed=wanted.seed)
    mayhem.rage(wanted.seconds)
    world.end_people()
    healed = mayhem.heal(LONGEST_HEALING.total_seconds())
    world.end_workers()
    connection.close()  # the one that planted did not survive
    report = check(records.read(world.mail), confirmed=[*confirmed, *_noted(world)])
    _show(report)
    return _last_line(report, mayhem, wanted) | {
        "healing": round(healed),
        "seconds": round(time.monotonic() - began),
        "seed": wanted.seed,
    }


def _require_durability(world: World) -> None:
    """Refuse a server that might forget what it confirmed: the proof would be of nothing."""
    if world.ask("SELECT current_setting('fsync'), current_setting('synchronous_commit')") != ("on", "on"):
        sys.exit("Redress: this PostgreSQL does not write to disk, so nothing would be proved.")


def _plant(world: World, wanted: Sequence[Ask]) -> list[Confirmed]:
    """Start all clocks, and return when the time has come from which they are due.

    How long the first thousand take, which are due at once, tells when the others can be due.
    """
    began = time.monotonic()
    confirmed = next(plant(wanted[:TOGETHER], origin=database_now()))
    others = wanted[TOGETHER:]
    origin = database_now() + timedelta(seconds=MARGIN * len(others) / TOGETHER * (time.monotonic() - began))
    with tqdm(total=len(others), unit="clock", desc="planting", file=sys.stderr, leave=False) as bar:
        for together in plant(others, origin=origin):
            confirmed += together
            bar.update(len(together))
            world.pause(0)
    while database_now() < origin:
        world.pause()
    connection.close()
    return confirmed


def _noted(world: World) -> Iterator[Confirmed]:
    """Yield what people noted; a last line that was cut off was not confirmed."""
    for line in world.journal.read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            clock_id, rev = line.split()
            yield UUID(clock_id), int(rev)


def _show(report: Report) -> None:
    for finding in report.findings[:SHOWN]:
        say(f"{finding.fault}: {finding.where}: {finding.what}")
    if (more := len(report.findings) - SHOWN) > 0:
        say(f"and {more} more")


def _last_line(report: Report, mayhem: Mayhem, wanted: Wanted) -> dict[str, object]:
    fallen = mayhem.fallen
    return {
        "targets": report.targets,
        "kills": sum(fallen[kind] for kind in KILLS),
        **report.counts(),
        "pool_kills": fallen[Kind.CHILD],
        "restarts": fallen[Kind.RESTART],
        "flushes": fallen[Kind.FLUSH],
        "valkey_stopped": wanted.stop * fallen[Kind.STOP],
        "valkey_hung": wanted.hang * fallen[Kind.HANG],
        "clocks": report.clocks,
        "acts": report.acts,
        "effects": report.effects,
        "calls": report.calls,
        "repeated_calls": report.repeated,
        "overtaken": report.overtaken,
        "crossed": report.crossed,
    }
