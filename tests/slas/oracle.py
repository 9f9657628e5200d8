"""An independent, slow way to the same answers: walk minute by minute and look at the wall clock.

It shares nothing with slas.calendar but the definition: no offsets table, no arrays, no bisection.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class Walker:
    """Looks at each minute of a span once."""

    def __init__(self, definition, start, days):
        self.start = start
        self.walls = wall_clock(definition.tz, start, days)
        self.open = [self._is_open(definition, wall) for wall in self.walls]

    @staticmethod
    def _is_open(definition, wall):
        second = wall.hour * 3600 + wall.minute * 60 + wall.second
        for opens, closes in definition.weekly[wall.weekday()]:
            if opens <= second < closes:
                return wall.date() not in definition.holidays
        return False

    def minute(self, number):
        return self.start + number * MINUTE

    def open_minutes(self, first, last):
        return sum(self.open[first:last])

    def after_open_minutes(self, first, amount):
        """Return the first instant at which `amount` minutes were open, or None beyond the span."""
        for number in range(first, len(self.open)):
            amount -= self.open[number]
            if amount == 0:
                return self.minute(number + 1)
        return None

    def business_day_ends(self):
        """Return the instants at which dates close that were open at all."""
        last = {}
        for number, wall in enumerate(self.walls):
            if self.open[number]:
                last[wall.date()] = self.minute(number + 1)
        return sorted(last.values())

    def day_ends(self):
        """Return the instants at which dates are over for good."""
        last = {}
        for number, wall in enumerate(self.walls):
            last[wall.date()] = self.minute(number + 1)
        return [last[day] for day in sorted(last)][:-1]


@cache
def wall_clock(tz, start, days):
    zone = ZoneInfo(tz)
    return [(start + n * MINUTE).astimezone(zone).replace(tzinfo=None) for n in range(days * 1440)]


def utc_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
