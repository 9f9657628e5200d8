"""Rebase: open clocks go over to a corrected calendar, by replaying their events under it.

A clock that is overdue keeps its date, and so does one whose events could not have happened under the new calendar, for
instance a pause on a day when the answer was due already: both are reported. Ended clocks are never looked at.

A million clocks go over, so the rows of a chunk are read and written by three statements and not by an act's row by
row; a chunk is one transaction, and running again continues.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from members.actors import SYSTEM, Actor
from members.acts import Act, act
from slas.algebra import DayEnd
from slas.calendar import HorizonPassed
from slas.faces import happening_of
from slas.fold import ClockRefused, EventKind, Face, Happening, State, Terms, fold
from slas.models import CalendarVersion, ClockEvent
from slas.queries.outdated_pins import OutdatedPins
from slas.sweep import fire_everything
from slas.versions import terms_of

CHUNK, WHO = 5000, "rebase"

Key = tuple[UUID, UUID]
"""Matter and clock."""


class Fate(StrEnum):
    """What became of a clock."""

    REBASED = "rebased"
    OVERDUE = "overdue"
    REFUSED = "refused"


class Outcome(NamedTuple):
    """One clock: its due date so far, and the one by the new calendar, if there is one, whether it took it or not."""

    matter_id: UUID
    clock_id: UUID
    kind: str
    fate: Fate
    was_due_at: datetime
    due_at: datetime | None
    why: str = ""


class _Row(NamedTuple):
    """What FIND finds of a clock. `place` is where the row lies, which nobody changes while it is locked."""

    place: str
    matter_id: UUID
    id: UUID
    kind: str
    policy_id: UUID
    state: int
    started_at: datetime
    budget: int
    due_at: datetime
    rev: int
    next_seq: int


FIND = """
SELECT ctid::text, matter_id, id, kind, policy_id, state, started_at, budget, due_at, rev, next_seq FROM slas_clock
 WHERE (matter_id, id) BETWEEN (%(first_matter)s, %(first)s) AND (%(last_matter)s, %(last)s)
   AND state IN (1, 2) AND calendar_id = ANY(%(older)s) {only}
 ORDER BY matter_id, id {lock}"""
LOOK = FIND.format(only="", lock="")
LOCK = FIND.format(only="", lock="FOR NO KEY UPDATE")
LOCK_IDLE = FIND.format(only="AND coalesce(next_fire_at > %(at)s, true)", lock="FOR NO KEY UPDATE SKIP LOCKED")

# What started on the same day shares a face, so faces are sent once and the clocks refer to them. The rows are named by
# their place: by key, the planner compares each row of the chunk with each other one (a million clocks: 9 minutes).
WRITE = """
WITH moved AS (
  UPDATE slas_clock c SET
         calendar_id = %s, rev = c.rev + 1, epoch = f.epoch, start_pos = f.start_pos, due_pos = f.due_pos,
         due_at = f.due_at, paused_pos = f.paused_pos, fire_ats = f.fire_ats::timestamptz[],
         fire_codes = f.fire_codes::smallint[], next_seq = 1, next_fire_at = f.next_fire_at
    FROM unnest(%s::tid[], %s::smallint[], %s::bigint[]) n (place, fired, face)
    JOIN unnest(%s::smallint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[],
                %s::timestamptz[]) WITH ORDINALITY
         f (epoch, start_pos, due_pos, due_at, paused_pos, fire_ats, fire_codes, next_fire_at, face) USING (face)
   WHERE c.ctid = n.place
  RETURNING c.matter_id, c.id, c.rev, n.fired)
INSERT INTO slas_clockevent (matter_id, clock_id, rev, kind, at, fired, reason, calendar_id, actor_kind, actor_id)
SELECT matter_id, id, rev, %s, %s, fired, %s, %s, %s, %s FROM moved"""


def rebase_clocks(
    *, actor: Actor, at: datetime, calendar: CalendarVersion, reason: str = "", chunk: int = CHUNK
) -> Iterator[list[Outcome]]:
    """Take the open clocks of older versions of this calendar over to it; yield what became of each, chunk by chunk.

    A chunk is a transaction, committed before it is yielded, and waits for nobody: clocks that somebody is at work on
    follow at the end, one by one. What is due by `at` fires first, so that no warning is lost.
    """
    with connection.cursor() as cursor:
        fire_everything(cursor, now=at, who=WHO)
    pins = OutdatedPins(calendar)
    rebase = _Rebase(actor, at, calendar, pins.versions, reason)
    busy: list[Key] = []
    for keys in pins.chunks(chunk):
        taken = rebase.take(keys)
        busy += sorted(set(keys).difference((outcome.matter_id, outcome.clock_id) for outcome in taken))
        yield taken
    for key in busy:
        yield rebase.wait_for(key)


def foresee_rebase(*, at: datetime, calendar: CalendarVersion, chunk: int = CHUNK) -> Iterator[list[Outcome]]:
    """Yield what `rebase_clocks` would do, and change nothing."""
    pins = OutdatedPins(calendar)
    rebase = _Rebase(SYSTEM, at, calendar, pins.versions)
    for keys in pins.chunks(chunk):
        yield rebase.look_at(keys)


@dataclass(frozen=True, slots=True)
class _Rebase:
    """How every chunk goes over."""

    actor: Actor
    at: datetime
    calendar: CalendarVersion
    older: list[UUID]
    reason: str = ""

    def look_at(self, keys: Sequence[Key]) -> list[Outcome]:
        """Return what would become of these clocks."""
        with connection.cursor() as cursor:
            return [outcome for outcome, _ in self._decide(self._read(cursor, LOOK, keys))]

    def take(self, keys: Sequence[Key]) -> list[Outcome]:
        """Rebase those of these clocks that nobody is at work on, nor is about to fire. `keys` are in order."""
        with act(actor=self.actor, at=self.at) as this, connection.cursor() as cursor:
            return self._rebase(this, cursor, self._read(cursor, LOCK_IDLE, keys))

    def wait_for(self, key: Key) -> list[Outcome]:
        """Rebase one clock once it is free. This act holds no other lock meanwhile, so it can block nobody for good."""
        with act(actor=self.actor, at=self.at) as this, connection.cursor() as cursor:
            self._read(cursor, LOCK, [key])
            fire_everything(cursor, now=self.at, who=WHO)
            return self._rebase(this, cursor, self._read(cursor, LOCK, [key]))

    def _read(self, cursor: CursorWrapper, sql: str, keys: Sequence[Key]) -> list[_Row]:
        (first_matter, first), (last_matter, last) = keys[0], keys[-1]
        names = {"first_matter": first_matter, "first": first, "last_matter": last_matter, "last": last}
        cursor.execute(sql, names | {"older": self.older, "at": self.at})
        return [_Row(*row) for row in cursor.fetchall()]

    def _rebase(self, this: Act, cursor: CursorWrapper, rows: list[_Row]) -> list[Outcome]:
        decided = list(self._decide(rows))
        moved = [
            (row, face)
            for row, (outcome, face) in zip(rows, decided, strict=True)
            if face is not None and outcome.fate is Fate.REBASED
        ]
        if moved:
            self._write(cursor, moved)
            this.record(
                "clocks.rebased",
                object_type="calendar_version",
                object_id=self.calendar.pk,
                detail={"clocks": len(moved), "left": len(rows) - len(moved)},
            )
        return [outcome for outcome, _ in decided]

    def _decide(self, rows: list[_Row]) -> Iterator[tuple[Outcome, Face | None]]:
        """Yield what becomes of each clock, and its face under the new calendar where it has one."""
        for row, face in zip(rows, self._faces(rows), strict=True):
            known = None if isinstance(face, str) else face
            if row.state == State.RUNNING and row.due_at < self.at:
                fate, why = Fate.OVERDUE, "its date has passed, and a promise that was broken stays broken"
            elif isinstance(face, str):
                fate, why = Fate.REFUSED, face
            else:
                fate, why = Fate.REBASED, ""
            yield (
                Outcome(row.matter_id, row.id, row.kind, fate, row.due_at, known.due_at if known else None, why),
                known,
            )

    def _faces(self, rows: list[_Row]) -> Iterator[Face | str]:
        """Yield what the replay of its events makes of each clock, or the sentence that refuses it."""
        events = _events_of([row for row in rows if row.rev > 1])
        known: dict[tuple[UUID, int, object], Face | str] = {}
        for row in rows:
            terms = terms_of(row.policy_id, self.calendar.pk)
            if row.rev > 1:
                yield self._replay(terms, events[row.id], row)
                continue
            # Most clocks have only started, and what started on the same day is due on the same day.
            key = row.policy_id, row.budget, _start_that_counts(terms, row.started_at)
            if (face := known.get(key)) is None:
                start = Happening(EventKind.START, row.started_at, units=row.budget)
                face = known[key] = self._replay(terms, [start], row)
            yield face

    def _replay(self, terms: Terms, events: list[Happening], row: _Row) -> Face | str:
        try:
            return fold(terms, [*events, Happening(EventKind.REBASE, self.at, fired=row.next_seq - 1)])
        except (ClockRefused, HorizonPassed) as refused:
            return str(refused)

    def _write(self, cursor: CursorWrapper, moved: Sequence[tuple[_Row, Face]]) -> None:
        faces = {id(face): face for _, face in moved}
        number = {key: position for position, key in enumerate(faces, 1)}
        clocks = zip(*((f'"{row.place}"', row.next_seq - 1, number[id(face)]) for row, face in moved), strict=True)
        dates = zip(*map(self._dates, faces.values()), strict=True)
        event = [EventKind.REBASE, self.at, self.reason, self.calendar.pk, self.actor.kind, self.actor.user_id]
        values: list[Any] = [self.calendar.pk, *map(_array, clocks), *map(list, dates), *event]
        cursor.execute(WRITE, values)

    def _dates(self, face: Face) -> tuple[object, ...]:
        return (
            face.epoch,
            face.start_pos,
            face.due_pos,
            face.due_at,
            face.paused_pos,
            _array(at.isoformat() for at in face.fire_ats),
            _array(face.fire_codes),
            max(face.fire_ats[0], self.at) if face.state is State.RUNNING else None,
        )


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _start_that_counts(terms: Terms, started_at: datetime) -> object:
    """Return what the dates depend on: the time of day, or only the instant from which it counts."""
    rule = terms.policy.rule
    if rule.measure.is_days and rule.day_end is DayEnd.SAME_TIME:
        return started_at
    try:
        return terms.line(started_at).begin()
    except HorizonPassed:
        return started_at


def _events_of(rows: Sequence[_Row]) -> dict[UUID, list[Happening]]:
    """Return the events of each clock, in order: one query."""
    found = defaultdict(list)
    if rows:
        wanted = ClockEvent.objects.filter(
            matter_id__in={row.matter_id for row in rows}, clock_id__in={row.id for row in rows}
        )
        for event in wanted.order_by("rev"):
            found[event.clock_id].append(happening_of(event))
    return found
