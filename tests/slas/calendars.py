"""Calendars of the tests, and the deadlines that the plain algebra gives for them."""

import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from slas.algebra import DayEnd, Line, Measure, Rule, StartRule
from slas.calendar import Calendar, Definition, micros, read_definition, read_weekly, zone_offsets

SLAS = Path(__file__).resolve().parents[2] / "slas"
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def make_calendar(tz="UTC", weekly=OFFICE, holidays=(), years=(2023, 2028)):
    definition = Definition(
        name="test",
        version=1,
        effective_from=date(years[0], 1, 1),
        tz=tz,
        weekly=read_weekly(weekly, "test"),
        holidays=dict.fromkeys(holidays, "Holiday"),
        first_on=date(years[0], 1, 1),
        last_on=date(years[1], 12, 31),
    )
    return Calendar(definition, zone_offsets(tz, definition.first_on, definition.last_on))


@cache
def published(name):
    definition = read_definition(tomllib.loads((SLAS / "calendars" / f"{name}.toml").read_text()), name)
    return Calendar(definition, zone_offsets(definition.tz, definition.first_on, definition.last_on))


def due(calendar, started_at, amount, measure, start_rule=StartRule.INSTANT, day_end=DayEnd.CLOSE):
    """Return when `amount` days or seconds from a start are due."""
    line = Line(calendar, Rule(measure, start_rule, day_end), started_at)
    return line.due_at(line.position(line.begin()) + measure.units(amount))


def business_seconds_between(calendar, start, end):
    """Return the open seconds of a span, with microseconds as a fraction."""
    line = Line(calendar, Rule(Measure.BUSINESS_SECONDS), start)
    return (line.position(micros(end)) - line.position(micros(start))) / 1_000_000
