"""A trace in fewer lines: its steps gathered by date, and dates of one kind as one run. Plain arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from slas.trace import Step, Trace, Why

BY_WEIGHT = (Why.COUNTED, Why.HOLIDAY, Why.PAUSE, Why.BEFORE_COUNT, Why.CLOSED_DAY, Why.CLOSED_HOURS)


@dataclass(frozen=True, slots=True)
class Day:
    """One local date: what it was, what it counted, how much had counted when it ended and how much was left.

    `why` is what weighs most of that date; `has_pause` says that a part of it was a pause. Amounts are in the units of
    the trace's measure. `added` is what extensions gave on that date.
    """

    on: date
    why: Why
    has_pause: bool
    counted: int
    number: int
    left: int
    added: int
    holiday: str


@dataclass(frozen=True, slots=True)
class Run:
    """Dates of one kind that follow each other, or one extension. `left` is what is left after it."""

    first_on: date
    last_on: date
    why: Why
    has_pause: bool
    counted: int
    left: int
    added: int = 0
    holiday: str = ""


def days_of(trace: Trace) -> list[Day]:
    """Return the dates of a trace in order. A date on which nothing but an extension happened is one too."""
    days, number = [], 0
    for on, grouped in groupby(trace.steps, key=lambda step: step.on):
        steps = list(grouped)
        counted = sum(step.counted for step in steps)
        number += counted
        days.append(_day(on, steps, counted, number))
    return days


def _day(on: date, steps: list[Step], counted: int, number: int) -> Day:
    whys = {step.why for step in steps}
    return Day(
        on=on,
        why=next((why for why in BY_WEIGHT if why in whys), Why.EXTENSION),
        has_pause=Why.PAUSE in whys,
        counted=counted,
        number=number,
        left=steps[-1].left,
        added=sum(step.added for step in steps),
        holiday=next((step.holiday for step in steps if step.holiday), ""),
    )


def runs_of(trace: Trace) -> list[Run]:
    """Return the trace as runs: "June 2 to June 5" instead of four lines."""
    runs: list[Run] = []
    for run in day_by_day(trace):
        if runs and _kind(runs[-1]) == _kind(run) and run.why is not Why.EXTENSION:
            runs[-1] = replace(runs[-1], last_on=run.last_on, counted=runs[-1].counted + run.counted, left=run.left)
        else:
            runs.append(run)
    return runs


def day_by_day(trace: Trace) -> Iterator[Run]:
    """Yield each date of a trace as a run of its own; an extension comes before the date it was granted on."""
    for day in days_of(trace):
        if day.added:
            left = day.left + day.counted
            yield Run(day.on, day.on, Why.EXTENSION, has_pause=False, counted=0, left=left, added=day.added)
        if day.why is not Why.EXTENSION:
            yield Run(day.on, day.on, day.why, day.has_pause, day.counted, day.left, holiday=day.holiday)


def _kind(run: Run) -> tuple[Why, bool, str]:
    return run.why, run.has_pause, run.holiday
