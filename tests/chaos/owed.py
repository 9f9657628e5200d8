"""What one clock owes the ledger, by arithmetic of its own: nothing here is shared with what is under test.

The clocks of this proof count plain seconds, so a due date is start + budget + extensions + waits, and four thresholds
hang on it. An event says how many thresholds had fired when it came (`fired`); the ledger must hold exactly those.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

WARNED_BEFORE, TOLD_AFTER = timedelta(seconds=5), timedelta(seconds=2)
BREACH = 100
RUNNING, PAUSED, MET, MISSED, CANCELLED = 1, 2, 3, 4, 5
NOTHING = timedelta(0)
Target = tuple[int, int]
"""Epoch and code."""


class Event(NamedTuple):
    """One row of a clock's history; `units` are microseconds."""

    kind: str
    at: datetime
    units: int
    fired: int


@dataclass
class Life:
    """A clock as its events make it. `owed` maps what must be in the ledger to the instant it was due."""

    started_at: datetime
    budget: timedelta
    due_at: datetime
    state: int = RUNNING
    epoch: int = 1
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    schedule: list[tuple[datetime, int]] = field(default_factory=list)
    owed: dict[Target, datetime] = field(default_factory=dict)
    overtaken: int = 0

    def owe(self, schedule: Iterable[tuple[datetime, int]]) -> None:
        """Note thresholds of this epoch that must be in the ledger."""
        self.owed |= {(self.epoch, code): at for at, code in schedule}

    def plan(self, *, kept: int = 0, after: datetime | None = None, warn: Collection[int] = (50, 80)) -> None:
        """Hang the thresholds on the due date; those that fired keep their instants.

        Warnings that had passed by `after`, or that are not among `warn`, are not set again; breaches always are.
        """
        fired = self.schedule[:kept]
        codes = {code for _, code in fired}
        hung = [
            (self.due_at - self.budget / 2, 50),
            (self.due_at - WARNED_BEFORE, 80),
            (self.due_at, BREACH),
            (self.due_at + TOLD_AFTER, 120),
        ]
        self.schedule = fired + sorted(
            (at, code)
            for at, code in hung
            if code not in codes and (code >= BREACH or (code in warn and (after is None or at > after)))
        )


def live(events: Iterable[Event], *, now: datetime) -> Life:
    """Return the life that these events make; one that still runs owes what is due by `now`."""
    life = None
    for event in events:
        if life is None:
            budget = timedelta(microseconds=event.units)
            life = Life(event.at, budget, event.at + budget)
            life.plan()
        else:
            life.owe(life.schedule[: event.fired])
            STEPS[event.kind](life, event)
    assert life is not None
    if life.state == RUNNING:
        life.owe((at, code) for at, code in life.schedule if at <= now)
    return life


def _pause(life: Life, event: Event) -> None:
    life.state, life.paused_at = PAUSED, event.at


def _resume(life: Life, event: Event) -> None:
    life.due_at += max(event.at - life.paused_at, NOTHING)
    life.state, life.paused_at = RUNNING, None
    life.plan(kept=event.fired, warn={code for _, code in life.schedule})


def _extend(life: Life, event: Event) -> None:
    since = life.paused_at or event.at
    life.overtaken += sum(at <= since for at, _ in life.schedule[event.fired :])
    more = timedelta(microseconds=event.units)
    life.due_at, life.budget, life.epoch = life.due_at + more, life.budget + more, life.epoch + 1
    life.plan(after=since)


def _complete(life: Life, event: Event) -> None:
    if life.state == PAUSED:
        _resume(life, event)
    life.state, life.ended_at = MET if event.at <= life.due_at else MISSED, event.at
    life.owe((at, code) for at, code in life.schedule if at <= event.at and (code < BREACH or life.state == MISSED))


def _cancel(life: Life, event: Event) -> None:
    if life.state == RUNNING and event.at > life.due_at:
        _complete(life, event)
        return
    life.overtaken += sum(at <= (life.paused_at or event.at) for at, _ in life.schedule[event.fired :])
    life.state, life.paused_at, life.ended_at = CANCELLED, None, event.at


STEPS = {"pause": _pause, "resume": _resume, "extend": _extend, "complete": _complete, "cancel": _cancel}
