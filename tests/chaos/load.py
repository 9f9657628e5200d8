"""Starts clocks through the same operations as everybody else's, a thousand in one transaction."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from members.actors import SYSTEM
from members.acts import act, batch
from slas.models import Clock
from slas.operations import open_matter, publish_policies, start_clock
from slas.queries import database_now
from tests.chaos.plan import Ask

KIND = PACK = "chaos"
OBLIGATION = "answer"
FILES = Path(__file__).with_name("files")
TOGETHER = 1000

Confirmed = tuple[UUID, int]
"""A clock and a revision of it that were committed, as far as whoever wrote them was told."""


def publish() -> None:
    """Publish the calendar and the obligation that these clocks count by."""
    publish_policies(FILES)


def plant(asks: Sequence[Ask], *, origin: datetime) -> Iterator[list[Confirmed]]:
    """Start the clocks, due so many seconds after `origin`; yields those of each committed transaction."""
    for first in range(0, len(asks), TOGETHER):
        at = database_now()
        with batch():
            clocks = [start(ask, origin=origin, at=at) for ask in asks[first : first + TOGETHER]]
        yield [(clock.id, clock.rev) for clock in clocks]


def start(ask: Ask, *, origin: datetime, at: datetime) -> Clock:
    """Start one clock on a matter of its own, from the past or from the future: receipt is not entry."""
    due_at = origin + timedelta(seconds=ask.due)
    with act(actor=SYSTEM, at=at) as this:
        matter = open_matter(this=this, kind=KIND, time_zone="UTC", language="en")
        return start_clock(
            this=this,
            matter=matter,
            obligation=OBLIGATION,
            pack=PACK,
            started_at=due_at - timedelta(seconds=ask.budget),
            budget=ask.budget,
        )
