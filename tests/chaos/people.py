"""People at work while clocks fall due: they answer, extend, pause and cancel, and ask for new clocks.

A process of its own: `python -m tests.chaos.people --help`. They prefer clocks that are due about now, so that acts and
sweeps want the same rows. As in a request, the moment of an act is read first and the row is locked later. What the
database confirmed is noted in a file, so that the checker can miss it.
"""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import argparse
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TextIO
from uuid import UUID

import django

django.setup()

from django.db import InterfaceError, OperationalError, connection

from members.actors import SYSTEM
from members.acts import Act, act
from slas.models import Clock, ClockState
from slas.operations import ClockRefused, cancel_clock, complete_clock, extend_clock, pause_clock, resume_clock
from slas.queries import database_now
from tests.chaos.load import KIND, OBLIGATION, start
from tests.chaos.plan import Ask

AHEAD, BEHIND = timedelta(seconds=2), timedelta(seconds=8)
CROWD, HANDFUL = 1000, 30
BREATHER = 0.01  # s between two acts
OUTAGE = 0.3  # s until they try again when the database is away
LONGEST_EXTENSION = 3  # s
START = "start"
VERBS = {
    ClockState.RUNNING: ["complete"] * 3 + ["extend"] * 3 + ["pause"] * 3 + ["cancel", START],
    ClockState.PAUSED: ["resume"] * 4 + ["complete", "extend", "cancel"],
}


class People:
    """They choose by chance, and write down what they were told is done."""

    def __init__(self, seed: int, journal: TextIO) -> None:
        self.random, self.journal = Random(f"people {seed}"), journal  # noqa: S311 -- to be repeated, not secret

    def work(self, until: float) -> None:
        """Act until then (monotonic seconds). A database that is away is waited for; a refusal is an answer."""
        while time.monotonic() < until:
            try:
                for matter_id, state in self._choose():
                    self._act(self.random.choice(VERBS[state]), matter_id)
                    time.sleep(BREATHER)
            except (InterfaceError, OperationalError):
                connection.close()
                time.sleep(OUTAGE)

    def _choose(self) -> list[tuple[UUID, ClockState]]:
        """Return the matters of some open clocks that are due about now, and how they stand."""
        now = database_now()
        due = Clock.objects.filter(matter__kind=KIND, state__in=VERBS, due_at__range=(now - BEHIND, now + AHEAD))
        found = list(due.values_list("matter_id", "state")[:CROWD])
        time.sleep(OUTAGE if not found else 0)
        return self.random.sample(found, min(HANDFUL, len(found)))

    def _act(self, verb: str, matter_id: UUID) -> None:
        """Do one thing, in one transaction, and note it once it is committed."""
        at = database_now()
        try:
            if verb == START:
                clock = start(Ask(self.random.uniform(1, 8), 10), origin=at, at=at)
            else:
                with act(actor=SYSTEM, at=at) as this:
                    clock = self._change(verb, this, matter_id, at)
        except ClockRefused:
            return
        if clock:
            self.journal.write(f"{clock.id} {clock.rev}\n")
            self.journal.flush()

    def _change(self, verb: str, this: Act, matter_id: UUID, at: datetime) -> Clock | None:
        given = {"this": this, "matter_id": matter_id, "kind": OBLIGATION, "at": at}
        match verb:
            case "complete":
                return complete_clock(**given)
            case "extend":
                return extend_clock(**given, amount=self.random.randint(1, LONGEST_EXTENSION), reason="scope_changed")
            case "pause":
                return pause_clock(**given, reason="waiting_for_member")
            case "resume":
                return resume_clock(**given)
            case _:
                return cancel_clock(**given, reason="asked by mistake")


def main() -> None:
    """Read the arguments and work."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.people", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="how long they work")
    parser.add_argument("--journal", type=Path, required=True, help="where they note what was confirmed")
    arguments = parser.parse_args()
    with arguments.journal.open("a") as journal:
        People(arguments.seed, journal).work(time.monotonic() + arguments.seconds)


if __name__ == "__main__":
    main()
