"""What an event does to a clock. Plain Python: a clock row is the fold of its events, and these are the steps.

All events count by the calendar that the clock is pinned to now: a rebase pins another one and replays them by it.
MOVES says which event is possible in which state; whatever is not listed is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum

from slas.algebra import BREACH, Line
from slas.calendar import Calendar, micros
from slas.policy import Policy


class State(IntEnum):
    """Where a clock stands."""

    RUNNING = 1
    PAUSED = 2
    MET = 3
    MISSED = 4
    CANCELLED = 5


class EventKind(StrEnum):
    """What can happen to a clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REBASE = "rebase"


NOT_RECORDED = "not recorded"
"""Cancelled for this reason an overdue clock has no verdict: others' records do not tell whether it was in time."""


class ClockRefused(Exception):
    """The clock cannot do that. The sentence says why, and what can be done instead."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock is pinned to: the calendar and the policy by which it counts, whatever is published later."""

    calendar: Calendar
    policy: Policy

    def line(self, started_at: datetime) -> Line:
        """Return the line of positions of a clock that started then."""
        return Line(self.calendar, self.policy.rule, started_at)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as the fold needs it. `units`: the budget or the extension; `fired`: thresholds fired before."""

    kind: EventKind
    at: datetime
    units: int = 0
    fired: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that a clock shows and that its events determine."""

    state: State
    started_at: datetime
    last_at: datetime
    budget: int
    start_pos: int
    due_pos: int
    due_at: datetime
    fire_ats: tuple[datetime, ...]
    fire_codes: tuple[int, ...]
    extended: int = 0
    extensions: int = 0
    paused_at: datetime | None = None
    paused_pos: int | None = None
    epoch: int = 1
    ended_at: datetime | None = None

    @property
    def stood_since(self) -> str:
        """Return what nothing can come before any more, in words."""
        if self.paused_at is not None and self.paused_at == self.last_at:
            return "it was paused"
        return "it started" if self.last_at == self.started_at else f"{self.last_at:%Y-%m-%d %H:%M:%S} UTC"


def fold(terms: Terms, happenings: Iterable[Happening]) -> Face:
    """Return the face that the events make. Raises ClockRefused where they are impossible."""
    face = None
    for happening in happenings:
        face = step(terms, face, happening)
    if face is None:
        raise ClockRefused("a clock begins with a start")
    return face


def step(terms: Terms, face: Face | None, happening: Happening) -> Face:
    """Return the face after one more event, which is not earlier than the one before: else a wait would count twice.

    Only a rebase has no moment of its own, for all events are replayed by it. Raises ClockRefused, HorizonPassed.
    """
    if face is None:
        if happening.kind is not EventKind.START:
            raise ClockRefused(f"cannot {happening.kind} a clock that has not started")
        return _start(terms, happening)
    move = MOVES.get((face.state, happening.kind))
    if move is None:
        raise ClockRefused(f"cannot {happening.kind} {terms.policy.name}: it is {face.state.name.lower()}")
    if happening.kind is EventKind.REBASE:
        return move(terms, face, happening)
    if happening.at < face.last_at:
        raise ClockRefused(f"cannot {happening.kind} {terms.policy.name} before {face.stood_since}")
    return replace(move(terms, face, happening), last_at=happening.at)


def _start(terms: Terms, happening: Happening) -> Face:
    line = terms.line(happening.at)
    start_pos = line.position(line.begin())
    due_pos = start_pos + happening.units
    due_at = line.due_at(due_pos)
    blank = Face(State.RUNNING, happening.at, happening.at, happening.units, start_pos, due_pos, due_at, (), ())
    return _armed(line, terms, blank, lambda *_: True)


def _armed(line: Line, terms: Terms, face: Face, wanted: Callable[[datetime, int], bool], *, fired: int = 0) -> Face:
    """Set the thresholds anew: those that fired keep their instants, of the warnings only those `wanted` are set."""
    found = line.thresholds_at(
        terms.policy.thresholds, budget=face.budget + face.extended, due_pos=face.due_pos, due_at=face.due_at
    )
    kept = list(zip(face.fire_ats[:fired], face.fire_codes[:fired], strict=True))
    codes = {code for _, code in kept}
    pending = [(at, code) for at, code in found if code not in codes and (code >= BREACH or wanted(at, code))]
    ats, fire_codes = zip(*kept, *pending, strict=True)
    return replace(face, fire_ats=ats, fire_codes=fire_codes)


def _renewed(line: Line, terms: Terms, face: Face, at: datetime) -> Face:
    """Begin an epoch, in which the warnings that are still to come fire again. A paused clock stands where it was."""
    since = face.paused_at or at
    return _armed(line, terms, replace(face, epoch=face.epoch + 1), lambda warned_at, _: warned_at > since)


def _pause(terms: Terms, face: Face, happening: Happening) -> Face:
    policy = terms.policy
    if not policy.pause_reasons:
        raise ClockRefused(f"cannot pause {policy.name}: this clock never pauses ({policy.clause}). {_instead(policy)}")
    if happening.reason not in policy.pause_reasons:
        raise ClockRefused(
            f"cannot pause {policy.name} for {happening.reason!r}; use {', '.join(policy.pause_reasons)}"
        )
    if happening.at >= face.due_at:
        raise ClockRefused(f"cannot pause {policy.name}: it was due already")
    position = terms.line(face.started_at).position(micros(happening.at))
    return replace(face, state=State.PAUSED, paused_at=happening.at, paused_pos=max(position, face.start_pos))


def _instead(policy: Policy) -> str:
    if policy.extension is None:
        return "It cannot be extended either: answer by the due date."
    amount = policy.extension.max_units
    words = f"{amount} days" if policy.rule.measure.is_days else f"{amount // 3600} hours"
    return f"Extend it instead, by up to {words}, with a reason and a notice to the member."


def _resume(terms: Terms, face: Face, happening: Happening) -> Face:
    assert face.paused_at is not None and face.paused_pos is not None  # noqa: S101, PT018 -- paused implies both
    line = terms.line(face.started_at)
    waited = max(line.position(micros(happening.at)) - face.paused_pos, 0)
    due_pos = face.due_pos + waited
    moved = replace(
        face, state=State.RUNNING, due_pos=due_pos, due_at=line.due_at(due_pos), paused_at=None, paused_pos=None
    )
    return _armed(line, terms, moved, lambda _, code: code in face.fire_codes, fired=happening.fired)


def _extend(terms: Terms, face: Face, happening: Happening) -> Face:
    policy, allowed = terms.policy, terms.policy.extension
    if allowed is None:
        raise ClockRefused(f"cannot extend {policy.name}: {policy.clause} knows no extension")
    if happening.reason not in allowed.reasons:
        raise ClockRefused(f"cannot extend {policy.name} for {happening.reason!r}; use {', '.join(allowed.reasons)}")
    if face.extensions >= allowed.max_count:
        raise ClockRefused(f"cannot extend {policy.name} more than {allowed.max_count} times")
    if happening.units < 1 or face.extended + happening.units > policy.rule.measure.units(allowed.max_units):
        raise ClockRefused(f"cannot extend {policy.name} by more than it allows in total")
    if face.state is State.RUNNING and happening.at > face.due_at:
        raise ClockRefused(f"cannot extend {policy.name}: it was due already")
    line = terms.line(face.started_at)
    due_pos = face.due_pos + happening.units
    moved = replace(
        face,
        extended=face.extended + happening.units,
        extensions=face.extensions + 1,
        due_pos=due_pos,
        due_at=line.due_at(due_pos),
    )
    return _renewed(line, terms, moved, happening.at)


def _rebase(terms: Terms, face: Face, happening: Happening) -> Face:
    """Go over to the calendar of the terms, by which the events before this one have been replayed already."""
    return _renewed(terms.line(face.started_at), terms, face, happening.at)


def _complete(terms: Terms, face: Face, happening: Happening) -> Face:
    """A paused clock is resumed first: the wait does not count against the one who answers."""
    if face.state is State.PAUSED:
        face = _resume(terms, face, happening)
    state = State.MET if happening.at <= face.due_at else State.MISSED
    return replace(face, state=state, ended_at=happening.at)


def _cancel(terms: Terms, face: Face, happening: Happening) -> Face:
    """Only what is still in time ends without a verdict: a promise that was broken is not taken back."""
    if face.state is State.RUNNING and happening.at > face.due_at and happening.reason != NOT_RECORDED:
        return _complete(terms, face, happening)
    return replace(face, state=State.CANCELLED, ended_at=happening.at, paused_at=None, paused_pos=None)


Move = Callable[[Terms, Face, Happening], Face]
MOVES: Mapping[tuple[State, EventKind], Move] = {
    (State.RUNNING, EventKind.PAUSE): _pause,
    (State.RUNNING, EventKind.EXTEND): _extend,
    (State.RUNNING, EventKind.COMPLETE): _complete,
    (State.RUNNING, EventKind.CANCEL): _cancel,
    (State.RUNNING, EventKind.REBASE): _rebase,
    (State.PAUSED, EventKind.RESUME): _resume,
    (State.PAUSED, EventKind.EXTEND): _extend,
    (State.PAUSED, EventKind.COMPLETE): _complete,
    (State.PAUSED, EventKind.CANCEL): _cancel,
    (State.PAUSED, EventKind.REBASE): _rebase,
}
