"""Why a due date is what it is: the days and hours between start and due date, each with what it counted and why not.

Plain Python and plain data, for screens, the API and `manage.py due_dates --explain`. The due date comes from the
algebra; the steps come from walking the days, which is another way to the same place. So a trace checks itself: its
steps leave no gap from the start to the due date, and what they counted is the budget and every extension.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from slas.algebra import DayEnd, Line, Measure, Rule
from slas.calendar import EPOCH_ORDINAL, SECOND, Calendar, micros, moment

Span = tuple[int, int]
Tile = tuple[int, int, "Why", int]  # from, to, why, units counted


class Why(StrEnum):
    """What a stretch of time did to the count."""

    COUNTED = "counted"
    BEFORE_COUNT = "before_count"  # the day of receipt where the next one is day 1; or after that day's closing
    CLOSED_DAY = "closed_day"  # a weekday without opening hours, as a rule the weekend
    HOLIDAY = "holiday"
    CLOSED_HOURS = "closed_hours"
    PAUSE = "pause"
    EXTENSION = "extension"  # an instant, not a stretch: it adds to what is left


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of one local date. `counted`, `added` and `left` are in the measure's units, days or microseconds."""

    on: date
    begins_at: datetime
    ends_at: datetime
    why: Why
    counted: int
    left: int
    added: int = 0
    holiday: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A due date and the steps that lead to it. `pauses` are merged where they overlapped."""

    calendar: str
    calendar_version: int
    tz: str
    rule: Rule
    started_at: datetime
    counts_from: datetime
    budget: int
    due_at: datetime
    pauses: tuple[tuple[datetime, datetime], ...]
    steps: tuple[Step, ...]

    @property
    def adds_up(self) -> bool:
        """Tell whether the steps follow each other from the start to the due date and count exactly what is owed."""
        walked = [step for step in self.steps if step.why is not Why.EXTENSION]
        joints = [self.started_at, *(at for step in walked for at in (step.begins_at, step.ends_at)), self.due_at]
        gapless = all(end == begin for end, begin in zip(joints[::2], joints[1::2], strict=True))
        owed = self.budget + sum(step.added for step in self.steps)
        return gapless and owed == sum(step.counted for step in self.steps)

    def as_data(self) -> dict[str, Any]:
        """Return the trace for JSON: UTC instants, days or seconds."""
        measure = self.rule.measure
        return {
            "calendar": self.calendar,
            "calendar_version": self.calendar_version,
            "tz": self.tz,
            "measure": measure.value,
            "counted_from": self.rule.start_rule.value,
            "day_end": self.rule.day_end.value,
            "started_at": utc_text(self.started_at),
            "counts_from": utc_text(self.counts_from),
            "budget": amount_of(measure, self.budget),
            "due_at": utc_text(self.due_at),
            "steps": [_step_data(step, measure) for step in self.steps],
        }


def explain_due(
    calendar: Calendar,
    rule: Rule,
    started_at: datetime,
    budget: int,
    pauses: Iterable[tuple[datetime, datetime]] = (),
    extensions: Iterable[tuple[datetime, int]] = (),
) -> Trace:
    """Return the due date of a clock with its trace. Raises HorizonPassed.

    `budget` and each extension (granted at, units) are in the measure's units: days, or microseconds for measures in
    seconds. `pauses` are those that have ended; one that began when the answer was due already changes nothing.
    """
    line, granted = Line(calendar, rule, started_at), sorted(extensions)
    begin, owed = line.begin(), budget + sum(units for _, units in granted)
    due, counting = reckon(line, owed, ((micros(start), micros(end)) for start, end in pauses))
    walk = _Walk(line, begin, due, tuple(counting))
    return Trace(
        calendar=calendar.definition.name,
        calendar_version=calendar.definition.version,
        tz=calendar.definition.tz,
        rule=rule,
        started_at=started_at,
        counts_from=moment(begin),
        budget=budget,
        due_at=moment(due),
        pauses=tuple((moment(start), moment(end)) for start, end in counting),
        steps=tuple(_with_balance(calendar, walk.tiles(owed), budget, granted)),
    )


def reckon(line: Line, owed: int, pauses: Iterable[Span]) -> tuple[int, list[Span]]:
    """Return the due instant of `owed` units, and which of the pauses moved it. Raises HorizonPassed."""
    begin, counting = line.begin(), []
    due_pos = line.position(begin) + owed
    for start, end in merge_spans(pauses):
        if start < max(line.reach(due_pos), begin):
            counting.append((start, end))
            due_pos += max(line.position(max(end, begin)) - line.position(max(start, begin)), 0)
    return max(line.reach(due_pos), begin), counting


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that overlap or touch as one, so that no unit is given back twice."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True, slots=True)
class _Walk:
    """The way from a start to its due date, day by day."""

    line: Line
    begin: int
    due: int
    pauses: tuple[Span, ...]

    def tiles(self, owed: int) -> Iterator[Tile]:
        """Yield every stretch, in order, with the units it counted."""
        for ordinal, begins, ends in self._local_days(micros(self.line.started_at)):
            if self.line.rule.measure.is_days:
                why = self._why_day(ordinal)
                counted = int(why is Why.COUNTED and owed > 0)
                owed -= counted
                if counted or begins < ends:
                    yield begins, ends, why if counted or why is not Why.COUNTED else Why.BEFORE_COUNT, counted
            else:
                yield from self._hours(begins, ends)

    def _local_days(self, start: int) -> Iterator[tuple[int, int, int]]:
        """Yield (ordinal, from, to) of each local date, cut at the start and at the due date."""
        ends, first = self.line.calendar.day_ends, self.line.calendar.first_ordinal
        begins, index = start, bisect_left(ends, start + 1)
        while index < len(ends) and ends[index] <= self.due:
            yield first + index, begins, ends[index]
            begins, index = ends[index], index + 1
        yield first + index, begins, self.due  # no time at all, where a date is counted at its first instant

    def _hours(self, begins: int, ends: int) -> Iterator[Tile]:
        """Yield the stretches of one date, cut where it opens or closes and where a pause begins or ends."""
        for left, right in pairwise(sorted({begins, ends, *self._cuts(begins, ends)})):
            why = self._why_hour(left)
            yield left, right, why, right - left if why is Why.COUNTED else 0

    def _cuts(self, begins: int, ends: int) -> Iterator[int]:
        calendar = self.line.calendar
        cuts = [self.begin, *(cut for pause in self.pauses for cut in pause)]
        if self.line.rule.measure is Measure.BUSINESS_SECONDS:
            first = max(bisect_left(calendar.opens, begins) - 1, 0)
            for index in range(first, bisect_left(calendar.opens, ends)):
                cuts += [calendar.opens[index], calendar.closes[index]]
        return (cut for cut in cuts if begins < cut < ends)

    def _why_hour(self, us: int) -> Why:
        calendar = self.line.calendar
        if us < self.begin:
            return Why.BEFORE_COUNT
        if any(start <= us < end for start, end in self.pauses):
            return Why.PAUSE
        if self.line.rule.measure is Measure.ELAPSED_SECONDS or calendar.is_open(us):
            return Why.COUNTED
        return _why_closed(calendar, calendar.ordinal_at(us)) or Why.CLOSED_HOURS

    def _why_day(self, ordinal: int) -> Why:
        """Return why a date counts or not. It counts when it has passed, hence a pause matters only around then."""
        calendar, rule = self.line.calendar, self.line.rule
        if rule.measure is Measure.BUSINESS_DAYS and (closed := _why_closed(calendar, ordinal)):
            return closed
        if rule.measure is Measure.CALENDAR_DAYS and self._midnight(ordinal) == self._midnight(ordinal - 1):
            return Why.CLOSED_DAY  # a date that never was
        passed_at = self._passed_at(ordinal)
        if passed_at <= self.begin:
            return Why.BEFORE_COUNT
        return Why.PAUSE if any(start < passed_at <= stop for start, stop in self.pauses) else Why.COUNTED

    def _passed_at(self, ordinal: int) -> int:
        calendar, rule = self.line.calendar, self.line.rule
        if rule.day_end is DayEnd.SAME_TIME:
            return self.line.same_time_on(ordinal)
        if rule.measure is Measure.BUSINESS_DAYS and rule.day_end is DayEnd.CLOSE:
            return calendar.business_closes[bisect_left(calendar.business_ordinals, ordinal)]
        return self._midnight(ordinal)

    def _midnight(self, ordinal: int) -> int:
        """Return the last instant of a date."""
        return self.line.calendar.day_ends[ordinal - self.line.calendar.first_ordinal]


def _why_closed(calendar: Calendar, ordinal: int) -> Why | None:
    """Return why a date has no hours at all, or None if it has some."""
    index = bisect_left(calendar.business_ordinals, ordinal)
    if index < len(calendar.business_ordinals) and calendar.business_ordinals[index] == ordinal:
        return None
    day = date.fromordinal(ordinal)
    hours = calendar.definition.weekly[day.weekday()]
    return Why.HOLIDAY if hours and day in calendar.definition.holidays else Why.CLOSED_DAY


def _with_balance(
    calendar: Calendar, tiles: Iterable[Tile], budget: int, extensions: Sequence[tuple[datetime, int]]
) -> Iterator[Step]:
    """Yield the steps with what is left after each; an extension comes before the stretch it was granted in."""
    left, waiting = budget, list(extensions)
    for begins, ends, why, counted in tiles:
        while waiting and micros(waiting[0][0]) < ends:
            at, added = waiting.pop(0)
            left += added
            yield Step(_local_date(calendar, micros(at)), at, at, Why.EXTENSION, 0, left, added)
        left -= counted
        on = _local_date(calendar, begins)
        name = calendar.definition.holidays.get(on, "") if why is Why.HOLIDAY else ""
        yield Step(on, moment(begins), moment(ends), why, counted, left, 0, name)
    for at, added in waiting:
        left += added
        yield Step(_local_date(calendar, micros(at)), at, at, Why.EXTENSION, 0, left, added)


def _local_date(calendar: Calendar, us: int) -> date:
    """Return the local date; past the reviewed days, where only elapsed hours lead, by the last offset known."""
    if calendar.starts_at <= us <= calendar.ends_at:
        return calendar.date_at(us)
    return date.fromordinal(calendar.wall_at(us) // (86_400 * SECOND) + EPOCH_ORDINAL)


def utc_text(at: datetime) -> str:
    """Return an instant as text in UTC: `2026-06-03T21:00:00Z`, with microseconds only where there are some."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def amount_of(measure: Measure, units: int) -> int | float:
    """Return the algebra's units as days, or as seconds; a part of a second is a fraction."""
    if measure.is_days:
        return units
    return units / SECOND if units % SECOND else units // SECOND


def _step_data(step: Step, measure: Measure) -> dict[str, Any]:
    data = {
        "on": step.on.isoformat(),
        "from": utc_text(step.begins_at),
        "to": utc_text(step.ends_at),
        "why": step.why.value,
        "counted": amount_of(measure, step.counted),
        "left": amount_of(measure, step.left),
    }
    if step.added:
        data["added"] = amount_of(measure, step.added)
    if step.holiday:
        data["holiday"] = step.holiday
    return data
