"""One integer algebra for every deadline. Plain Python.

Along a calendar each measure is a line of positions: `position(t)` is how many whole units passed before t, `reach(p)`
is the earliest instant at which p units have passed. A deadline is `reach(position(start) + budget)`; a pause adds the
units that passed meanwhile, an extension adds its own. Units are days, or microseconds for the measures in seconds, so
that nothing is ever due a fraction of a second early.

Ties: a budget that ends exactly at closing time ends at closing time, not at the next opening. Business days that are
counted from a closed hour begin with the next open day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from slas.calendar import DAY, EPOCH_ORDINAL, MICROSECOND, SECOND, Calendar, micros, moment


class Measure(StrEnum):
    """What is counted."""

    BUSINESS_DAYS = "business_days"
    BUSINESS_SECONDS = "business_seconds"
    CALENDAR_DAYS = "calendar_days"
    ELAPSED_SECONDS = "elapsed_seconds"

    @property
    def is_days(self) -> bool:
        """Tell whether a unit is a day; otherwise it is a microsecond."""
        return self in {Measure.BUSINESS_DAYS, Measure.CALENDAR_DAYS}

    def units(self, amount: int) -> int:
        """Return days or seconds in the algebra's units."""
        return amount if self.is_days else amount * SECOND


class StartRule(StrEnum):
    """From when it counts: the start itself, the day after it, or the next opening."""

    INSTANT = "instant"
    NEXT_DAY = "next_day"
    NEXT_OPEN = "next_open"


BUSINESS_SECONDS, ELAPSED_SECONDS, INSTANT = Measure.BUSINESS_SECONDS, Measure.ELAPSED_SECONDS, StartRule.INSTANT
"""By names of their own: to look a member up in its class takes longer than the arithmetic."""


class DayEnd(StrEnum):
    """When a day has passed: at closing time, at midnight, or at the time of day of the start.

    That instant is all that counts: a pause gives a day back if the day would have passed during it, and only then.
    """

    CLOSE = "close"
    MIDNIGHT = "midnight"
    SAME_TIME = "same_time"


class Align(StrEnum):
    """Whether a threshold falls on its exact instant or waits for the next opening."""

    EXACT = "exact"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one obligation counts."""

    measure: Measure
    start_rule: StartRule = StartRule.INSTANT
    day_end: DayEnd = DayEnd.CLOSE


@dataclass(frozen=True, slots=True)
class Threshold:
    """One instant on the way to, at or after the due date, set in exactly one of three ways.

    `permille` of the budget; `offset_units` of the measure after due (negative: before); `offset_seconds` likewise.
    """

    code: int
    align: Align = Align.EXACT
    permille: int | None = None
    offset_units: int | None = None
    offset_seconds: int | None = None


BREACH = 100  # codes below are warnings, which a later threshold makes stale; a breach is never suppressed


class Line(NamedTuple):
    """The line of positions of one clock: a calendar, a rule, and the instant it is counted from."""

    calendar: Calendar
    rule: Rule
    started_at: datetime

    def begin(self) -> int:
        """Return the instant, in microseconds, from which it counts. Raises HorizonPassed."""
        start, rule = micros(self.started_at), self.rule.start_rule
        if rule is INSTANT:
            return start
        if rule is StartRule.NEXT_OPEN:
            return self.calendar.next_open(start)
        return self.calendar.day_ends[self.calendar.ordinal_at(start) - self.calendar.first_ordinal]

    def position(self, us: int) -> int:
        """Return how many whole units passed before the instant. Raises HorizonPassed."""
        calendar, measure = self.calendar, self.rule.measure
        if measure is BUSINESS_SECONDS:
            return calendar.open_before(us)
        if measure is ELAPSED_SECONDS:
            return us
        if self.rule.day_end is not DayEnd.SAME_TIME:
            return bisect_right(self._day_ends(), calendar.check_within(us))
        position = bisect_right(self._dates(), calendar.ordinal_at(us))
        return position - 1 if position and self.reach(position) > us else position

    def reach(self, position: int) -> int:
        """Return the earliest instant at which that many units have passed. Raises HorizonPassed."""
        measure = self.rule.measure
        if measure is BUSINESS_SECONDS:
            return self.calendar.open_reached(position)
        if measure is ELAPSED_SECONDS:
            return position
        if position <= 0:
            return self.calendar.starts_at
        same_time = self.rule.day_end is DayEnd.SAME_TIME
        days = self._dates() if same_time else self._day_ends()
        if position > len(days):
            raise self.calendar.horizon_passed("the date would fall outside")
        return self.same_time_on(days[position - 1]) if same_time else days[position - 1]

    def same_time_on(self, ordinal: int) -> int:
        """Return the instant at which a local date shows the time of day of the start; its own shows it at the start.

        Of two such instants the last; a time that is skipped is reached when the skip ends.
        """
        start = micros(self.started_at)
        shown = self.calendar.wall_at(start)
        wall = (ordinal - EPOCH_ORDINAL) * DAY + shown % DAY
        return start if wall == shown else self.calendar.at_wall(wall)

    def _day_ends(self) -> list[int]:
        calendar = self.calendar
        if self.rule.measure is Measure.CALENDAR_DAYS:
            return calendar.lived_day_ends
        return calendar.business_closes if self.rule.day_end is DayEnd.CLOSE else calendar.business_midnights

    def _dates(self) -> list[int]:
        calendar = self.calendar
        return calendar.lived_ordinals if self.rule.measure is Measure.CALENDAR_DAYS else calendar.business_ordinals

    def due_at(self, due_pos: int) -> datetime:
        """Return the last moment to comply, never before the clock began to count. Raises HorizonPassed."""
        return moment(max(self.reach(due_pos), self.begin()))

    def thresholds_at(
        self, thresholds: Sequence[Threshold], *, budget: int, due_pos: int, due_at: datetime
    ) -> list[tuple[datetime, int]]:
        """Return (instant, code) of each threshold in order of time.

        Positions count back from the due date, so that what moves the due date moves its warnings. A warning that
        would fall before the clock counts, for instance half of one day, is left out.
        """
        begin, due = self.begin(), micros(due_at)
        found = []
        for threshold in thresholds:
            us = self._threshold(threshold, budget, due_pos, due)
            if threshold.code < BREACH and us <= begin:
                continue
            if threshold.align is Align.OPEN:
                aligned = self.calendar.next_open(us)
                us = aligned if threshold.code >= BREACH or aligned < due else us
            found.append((moment(us), threshold.code))
        return sorted(found)

    def _threshold(self, threshold: Threshold, budget: int, due_pos: int, due: int) -> int:
        if threshold.offset_seconds is not None:
            return due + threshold.offset_seconds * SECOND
        if threshold.offset_units:
            return self.reach(due_pos + threshold.offset_units)
        if threshold.permille in {None, 1000}:
            return due
        return self.reach(due_pos - budget + budget * (threshold.permille or 0) // 1000)


def business_days_between(calendar: Calendar, opened_on: date, closed_on: date) -> int:
    """Return the business days in `[opened_on, closed_on)`, the half-open rule of numpy.busday_count.

    From one business day to another this counts the last instead of the first; a weekend counts on neither side.
    Raises HorizonPassed.
    """
    for day in (opened_on, closed_on):
        if not calendar.definition.first_on <= day <= calendar.definition.last_on:
            raise calendar.horizon_passed(f"{day} is outside")
    days = calendar.business_ordinals
    return bisect_left(days, closed_on.toordinal()) - bisect_left(days, opened_on.toordinal())


def due_on(calendar: Calendar, due_at: datetime) -> date:
    """Return the local date of the last moment to comply: what is due at midnight is due on the day that ends then."""
    return calendar.date_at(micros(due_at - MICROSECOND))
