"""What would have become of a past clock under other terms: its own events, folded again. Plain Python.

What the other terms refuse, a pause for instance, is left out, and the refusal says so. Warnings are not reckoned: they
move no date and change no verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from slas.algebra import BREACH, Threshold
from slas.calendar import Calendar, HorizonPassed
from slas.fold import ClockRefused, EventKind, Face, Happening, State, Terms, step
from slas.policy import Policy

Key = tuple[str, str, str]
"""Pack, obligation and track."""

DUE = Threshold(BREACH, permille=1000)


class Verdict(StrEnum):
    """What became of a clock, as seen at a moment."""

    IN_TIME = "in time"
    LATE = "late"
    OPEN = "open"
    OVERDUE = "overdue"
    NONE = "no verdict"

    @property
    def is_late(self) -> bool:
        """Tell whether a promise was broken."""
        return self is Verdict.LATE or self is Verdict.OVERDUE


@dataclass(frozen=True, slots=True)
class PastClock:
    """A clock as it went: its pins, what it shows, and what happened to it after its start."""

    matter_id: UUID
    matter_kind: str
    kind: str
    policy_id: UUID
    calendar_id: UUID
    state: State
    started_at: datetime
    budget: int
    due_at: datetime
    ended_at: datetime | None
    happenings: Sequence[Happening] = ()

    def verdict(self, at: datetime) -> Verdict:
        """Return its verdict as it stands."""
        return verdict_of(self.state, self.due_at, at)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a clock comes to under other terms. `refused` says why it cannot be reckoned, and then there is no date.

    `left_out` holds a sentence for each event that these terms do not allow.
    """

    due_at: datetime | None
    verdict: Verdict
    left_out: tuple[str, ...] = ()
    refused: str = ""

    def is_as_stored(self, clock: PastClock, *, at: datetime) -> bool:
        """Tell whether this is what the clock shows."""
        return (self.due_at, self.verdict, self.left_out) == (clock.due_at, clock.verdict(at), ())


def verdict_of(state: State, due_at: datetime, at: datetime) -> Verdict:
    """Return the verdict of a clock in this state; a breach of an open one is arithmetic."""
    match state:
        case State.MET:
            return Verdict.IN_TIME
        case State.MISSED:
            return Verdict.LATE
        case State.CANCELLED:
            return Verdict.NONE
        case State.RUNNING if due_at < at:
            return Verdict.OVERDUE
    return Verdict.OPEN


@dataclass(frozen=True, slots=True)
class Drafted:
    """What drafts would change: obligations, and calendars by their names."""

    policies: Mapping[Key, Policy]
    calendars: Mapping[str, Calendar]

    def touches(self, policy: Policy) -> bool:
        """Tell whether a clock of this obligation is asked about: all are where nothing is drafted."""
        if not (self.policies or self.calendars):
            return True
        drafted = self.policy_for(policy)
        return drafted is not policy or drafted.calendar in self.calendars

    def policy_for(self, policy: Policy) -> Policy:
        """Return what a draft makes of an obligation."""
        return self.policies.get((policy.pack, policy.obligation, policy.track), policy)


IN_FORCE = Drafted({}, {})
"""Nothing but what is published: every clock by its own pins."""


def bare(terms: Terms) -> Terms:
    """Return the terms without their warnings, which cost a third of the time."""
    return Terms(terms.calendar, replace(terms.policy, thresholds=(DUE,)))


def replay(clock: PastClock, own: Policy, terms: Terms, *, at: datetime) -> Replayed:
    """Fold a clock's own events under other terms, as if they had been in force when it started.

    `own` is the obligation it ran by, which says in which unit its events count. `terms` may be bare.
    """
    policy = terms.policy
    left_out: list[str] = []
    try:
        face = step(terms, None, Happening(EventKind.START, clock.started_at, units=_budget(clock, own, policy)))
        for happening in clock.happenings:
            try:
                face = _after(terms, face, happening, own)
            except ClockRefused as refusal:
                left_out.append(f"{happening.kind} left out: {refusal}")
    except ClockRefused as refusal:
        return Replayed(None, Verdict.NONE, refused=str(refusal))
    except HorizonPassed:
        known = terms.calendar.definition
        return Replayed(
            None,
            Verdict.NONE,
            refused=f"{policy.name} lies outside the reviewed days of calendar {known.name!r} "
            f"({known.first_on} to {known.last_on})",
        )
    return Replayed(face.due_at, verdict_of(face.state, face.due_at, at), tuple(left_out))


def _budget(clock: PastClock, own: Policy, policy: Policy) -> int:
    """Return the units of the start: those of the terms, or, where a limit is given at the start, the clock's own."""
    if policy.budget is not None:
        return policy.rule.measure.units(policy.budget)
    if policy.rule.measure.is_days != own.rule.measure.is_days:
        raise ClockRefused(
            f"{policy.name} was given a limit in {own.rule.measure.replace('_', ' ')}, and the draft counts "
            f"{policy.rule.measure.replace('_', ' ')}"
        )
    return clock.budget


def _after(terms: Terms, face: Face, happening: Happening, own: Policy) -> Face:
    """Return the face after one event of the past. Raises ClockRefused where these terms do not allow it."""
    match happening.kind:
        case EventKind.REBASE:
            return face  # the other terms hold from the start on
        case EventKind.RESUME if face.state is not State.PAUSED:
            return face  # its pause was left out
        case EventKind.EXTEND if terms.policy.rule.measure.is_days != own.rule.measure.is_days:
            raise ClockRefused(f"cannot extend {terms.policy.name} by another unit than it counts in")
    return step(terms, face, happening)
