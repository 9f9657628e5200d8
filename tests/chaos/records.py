"""What the database and the mail folder hold about the clocks of this proof, read once, when all is over."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from slas.models import Clock, ClockEvent, Firing, Outbox
from slas.queries import database_now
from tests.chaos.load import KIND
from tests.chaos.owed import Event, Target


class ClockRow(NamedTuple):
    """The columns of a clock that its events must agree with."""

    state: int
    due_at: datetime
    ended_at: datetime | None
    epoch: int


class Fired(NamedTuple):
    """One row of the ledger; `sweeper` is empty where an act wrote it."""

    scheduled_for: datetime
    fired_at: datetime
    suppressed: bool
    sweeper: str


@dataclass(frozen=True, slots=True)
class Records:
    """Everything that the checker looks at. `effects` and `calls` say how often, by key."""

    now: datetime
    clocks: dict[UUID, ClockRow]
    events: dict[UUID, list[Event]]
    ledger: dict[UUID, dict[Target, Fired]]
    outbox: dict[str, bool]
    effects: Counter[str]
    calls: Counter[str]


def read(mail: Path) -> Records:
    """Read all of it; nothing else may be at work meanwhile."""
    ours = {"matter__kind": KIND}
    clocks = Clock.objects.filter(**ours).values_list("id", *ClockRow._fields)
    events: dict[UUID, list[Event]] = defaultdict(list)
    for clock_id, kind, at, units, fired in (
        ClockEvent.objects.filter(**ours).order_by("rev").values_list("clock_id", *Event._fields)
    ):
        events[clock_id].append(Event(kind, at, units or 0, fired))
    ledger: dict[UUID, dict[Target, Fired]] = defaultdict(dict)
    for clock_id, epoch, code, *row in Firing.objects.filter(**ours).values_list(
        "clock_id", "epoch", "code", *Fired._fields
    ):
        ledger[clock_id][epoch, code] = Fired(*row)
    return Records(
        now=database_now(),
        clocks={clock_id: ClockRow(*row) for clock_id, *row in clocks},
        events=events,
        ledger=ledger,
        outbox={
            key: settled_at is not None
            for key, settled_at in Outbox.objects.filter(**ours).values_list("key", "settled_at")
        },
        effects=_effects(),
        calls=Counter(_call_keys(mail)),
    )


def _effects() -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, count(*) FROM chaos_effect GROUP BY key")
        return Counter(dict(cursor.fetchall()))


def _call_keys(mail: Path) -> list[str]:
    headers = [message_from_bytes(file.read_bytes())["Message-ID"] for file in mail.glob("*.eml")]
    return ["".join(header.split()).strip("<>").removesuffix("@chaos.example") for header in headers]  # it was folded
