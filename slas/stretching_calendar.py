"""Calendars without a horizon of their own, as tools and other libraries write them. Plain Python.

Such a calendar is `{"tz": …, "weekly": {…}, "holidays": […]}` and its holidays are taken to be complete. It is compiled
for the years that were asked about so far, since a century takes a hundred times as long as a year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from slas.calendar import Calendar, CalendarFault, Definition, HorizonPassed, moment, read_definition, zone_offsets
from slas.spelling import FIRST_YEAR, LAST_YEAR

Answer = TypeVar("Answer")


class StretchingCalendar:
    """A definition, and its compiled form for a window of years that widens on demand."""

    def __init__(self, definition: Definition) -> None:
        """Take a checked definition; nothing is compiled before the first question."""
        self.definition = definition
        self._compiled: Calendar | None = None

    def ask(self, near: int, question: Callable[[Calendar], Answer]) -> Answer:
        """Return the answer of the compiled calendar, which at first covers the years around the instant `near`.

        Raises HorizonPassed where the definition itself ends.
        """
        calendar = self._compiled or self._compile(moment(near).year - 1, moment(near).year + 3)
        while True:
            try:
                return question(calendar)
            except HorizonPassed:
                window, whole = calendar.definition, self.definition
                if (window.first_on, window.last_on) == (whole.first_on, whole.last_on):
                    raise HorizonPassed(
                        f"the answer lies outside the days that calendar {whole.name!r} covers "
                        f"({whole.first_on} to {whole.last_on})"
                    ) from None
                years = window.last_on.year - window.first_on.year + 1
                calendar = self._compile(window.first_on.year - years, window.last_on.year + years)

    def _compile(self, first_year: int, last_year: int) -> Calendar:
        """Compile for these years, as far as the definition covers any of them."""
        whole = self.definition
        low, high = whole.first_on.year, whole.last_on.year
        first_year, last_year = min(max(first_year, low), high), max(min(last_year, high), low)
        window = replace(whole, first_on=date(first_year, 1, 1), last_on=date(last_year, 12, 31))
        self._compiled = Calendar(window, zone_offsets(window.tz, window.first_on, window.last_on))
        return self._compiled


def read_plain_calendar(data: Any, name: str) -> StretchingCalendar:
    """Check and return a calendar of the plain schema. Raises CalendarFault with what to change.

    `holidays` may also be an object of dates and names; `reviewed_years` = [first, last] sets a horizon.
    """
    where = f"calendar {name!r}"
    if not isinstance(data, Mapping):
        raise CalendarFault(f'{where} should be an object such as {{"tz": "UTC", "weekly": {{…}}, "holidays": []}}')
    years = data.get("reviewed_years", [FIRST_YEAR, LAST_YEAR])
    if not (
        isinstance(years, list) and len(years) == len(("first", "last")) and all(type(year) is int for year in years)
    ):
        raise CalendarFault(f"{where}: 'reviewed_years' should be a first and a last year, such as [2019, 2030]")
    if not FIRST_YEAR <= years[0] <= years[1] <= LAST_YEAR:
        raise CalendarFault(f"{where}: 'reviewed_years' should lie in order between {FIRST_YEAR} and {LAST_YEAR}")
    content = {
        "calendar": name,
        "tz": _zone_name(data.get("tz"), where),
        "weekly": _weekly(data.get("weekly"), where),
        "holidays": _holidays(data.get("holidays", ()), where),
        "reviewed_years": years,
    }
    return StretchingCalendar(read_definition(content, where))


def _zone_name(tz: Any, where: str) -> str:
    if not isinstance(tz, str):
        raise CalendarFault(f"{where}: 'tz' should be the name of a time zone, such as America/New_York")
    return tz


def _weekly(weekly: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(weekly, Mapping):
        raise CalendarFault(f'{where}: \'weekly\' should be an object such as {{"mon": [["09:00", "17:00"]]}}')
    for day, intervals in weekly.items():
        if not (isinstance(intervals, list) and all(isinstance(interval, list) for interval in intervals)):
            raise CalendarFault(f'{where}: {day}: write a list of intervals such as [["09:00", "17:00"]]')
    return weekly


def _holidays(holidays: Any, where: str) -> dict[str, str]:
    names = holidays if isinstance(holidays, Mapping) else dict.fromkeys(_days(holidays, where), "")
    if not all(isinstance(name, str) for name in names.values()):
        raise CalendarFault(f"{where}: the name of a holiday should be text")
    for day in names:
        try:
            date.fromisoformat(day)
        except ValueError:
            raise CalendarFault(f"{where}: holiday {day!r} is no date; write YYYY-MM-DD") from None
    return dict(names)


def _days(holidays: Any, where: str) -> list[str]:
    if not (isinstance(holidays, list | tuple) and all(isinstance(day, str) for day in holidays)):
        raise CalendarFault(f"{where}: 'holidays' should be a list of dates such as [\"2026-12-25\"]")
    return list(holidays)
