"""Business calendars: opening hours, reviewed holidays, a horizon. Plain Python; compiled once, then only bisected.

Instants are integers here: microseconds since 1970 in UTC, exact where floats are not. An interval is `[open, close)`
and an instant is open when the local wall clock shows a time within an interval of its local date. So an hour that the
wall clock skips in spring is never open, one that it shows twice in autumn is open twice, and a date that never
happened (Samoa, 2011-12-30) has no hours at all.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, compress, pairwise
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

import tzdata

from slas.spelling import CONTROL, FIRST_YEAR, LAST_YEAR, NAME, NAME_RULE, SHOWN, unknown_entry

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)
ENTRIES = ("calendar", "version", "effective_from", "tz", "reviewed_years", "weekly", "holidays")
LONGEST_NAME, MOST_VERSIONS = 40, 32_767
WALL_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")

Hours = tuple[tuple[int, int], ...]
Kind = TypeVar("Kind")
Offsets = tuple[tuple[int, int], ...]


class CalendarFault(ValueError):
    """A calendar cannot be used as it is written. The sentence says where and what to change."""


class HorizonPassed(ValueError):
    """An instant lies outside the days that were reviewed, so that no answer would be better than a guess."""


def micros(t: datetime) -> int:
    """Return an aware datetime as microseconds since 1970 in UTC, exactly."""
    since = t - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds  # twice as fast as dividing


def moment(us: int) -> datetime:
    """Return microseconds since 1970 as an aware datetime in UTC."""
    return EPOCH + us * MICROSECOND


@dataclass(frozen=True, slots=True)
class Definition:
    """A calendar as people wrote and reviewed it. `weekly[0]` is Monday; hours are seconds of the local day."""

    name: str
    version: int
    effective_from: date
    tz: str
    weekly: tuple[Hours, ...]
    holidays: Mapping[date, str]
    first_on: date
    last_on: date

    def weekly_words(self) -> dict[str, list[list[str]]]:
        """Return the opening hours as they are written in a file."""
        hours = {
            name: [[f"{second // 3600:02}:{second // 60 % 60:02}" for second in interval] for interval in day]
            for name, day in zip(WEEKDAYS, self.weekly, strict=True)
        }
        return {name: intervals for name, intervals in hours.items() if intervals}

    @property
    def sha256(self) -> bytes:
        """Return the digest of everything that can change an answer or what is shown."""
        content = [
            self.name,
            self.version,
            self.effective_from.isoformat(),
            self.tz,
            self.weekly,
            sorted((day.isoformat(), name) for day, name in self.holidays.items()),
            self.first_on.isoformat(),
            self.last_on.isoformat(),
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).digest()


def read_definition(data: Mapping[str, Any], where: str) -> Definition:
    """Check and return a calendar file's content. `where` names the file in refusals. Raises CalendarFault."""
    if sentence := unknown_entry(data, ENTRIES):
        raise CalendarFault(f"{where}: {sentence}")
    first_year, last_year = _read_years(_entry(data, "reviewed_years", list, "a list of two years", where), where)
    first_on, last_on = date(first_year, 1, 1), date(last_year, 12, 31)
    definition = Definition(
        name=_read_name(data, where),
        version=_read_version(data, where),
        effective_from=_entry({"effective_from": first_on, **data}, "effective_from", date, "a date", where),
        tz=_entry(data, "tz", str, "a text in quotes, such as America/New_York", where),
        weekly=read_weekly(_entry(data, "weekly", dict, "a table of weekdays", where), where),
        holidays=_read_holidays(_entry({"holidays": {}, **data}, "holidays", dict, "a table of dates", where), where),
        first_on=first_on,
        last_on=last_on,
    )
    if not FIRST_YEAR <= definition.effective_from.year <= LAST_YEAR:
        raise CalendarFault(f"{where}: 'effective_from' must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    for day in definition.holidays:
        if not first_on <= day <= last_on:
            raise CalendarFault(f"{where}: holiday {day} is outside the reviewed years {first_year} to {last_year}")
    if not any(definition.weekly):
        raise CalendarFault(f"{where}: no day has opening hours, so nothing could ever fall due; open at least one")
    if not any(_open_days(definition)):
        raise CalendarFault(f"{where}: every reviewed day is closed; open at least one")
    read_zone(definition.tz, where)
    return definition


def _open_days(definition: Definition) -> Iterator[bool]:
    """Tell for each reviewed day whether it is open."""
    for ordinal in range(definition.first_on.toordinal(), definition.last_on.toordinal() + 1):
        day = date.fromordinal(ordinal)
        yield bool(definition.weekly[day.weekday()]) and day not in definition.holidays


def _entry(data: Mapping[str, Any], name: str, kind: type[Kind], words: str, where: str) -> Kind:
    """Return an entry of its kind: no date with a time, no true or false."""
    if name not in data:
        raise CalendarFault(f"{where}: {name!r} is missing; add it")
    value = data[name]
    if not isinstance(value, kind) or isinstance(value, datetime | bool):
        raise CalendarFault(f"{where}: {name!r} must be {words}")
    return value


def _read_name(data: Mapping[str, Any], where: str) -> str:
    name = _entry(data, "calendar", str, "a text in quotes", where)
    if not NAME.fullmatch(name):
        raise CalendarFault(f"{where}: 'calendar' is {name!r}; {NAME_RULE}")
    if len(name) > LONGEST_NAME:
        raise CalendarFault(f"{where}: 'calendar' has {len(name)} characters; {LONGEST_NAME} are the most")
    return name


def _read_version(data: Mapping[str, Any], where: str) -> int:
    version = _entry({"version": 1, **data}, "version", int, "a whole number", where)
    if not 1 <= version <= MOST_VERSIONS:
        raise CalendarFault(f"{where}: 'version' must be a number from 1 to {MOST_VERSIONS}")
    return version


def _read_years(years: Sequence[Any], where: str) -> tuple[int, int]:
    if not ([type(year) for year in years] == [int, int] and years[0] <= years[1]):
        raise CalendarFault(f"{where}: 'reviewed_years' should be the first and the last year, such as [2019, 2030]")
    if not FIRST_YEAR <= years[0] <= years[1] <= LAST_YEAR:
        raise CalendarFault(f"{where}: 'reviewed_years' should lie in order between {FIRST_YEAR} and {LAST_YEAR}")
    return years[0], years[1]


def _read_holidays(holidays: Mapping[str, Any], where: str) -> dict[date, str]:
    """Return the closed days with their names, which people read beside a date."""
    found = {}
    for text, name in holidays.items():
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise CalendarFault(f"{where}: holiday {text[:SHOWN]!r} is no date; write YYYY-MM-DD") from None
        if not isinstance(name, str) or CONTROL.search(name):
            raise CalendarFault(f"{where}: the name of holiday {text} must be a text in quotes")
        found[day] = name
    return found


def read_weekly(weekly: Mapping[str, Sequence[Sequence[str]]], where: str) -> tuple[Hours, ...]:
    """Return the opening hours of Monday to Sunday as seconds of the day. Raises CalendarFault."""
    if unknown := sorted(set(weekly) - set(WEEKDAYS)):
        raise CalendarFault(f"{where}: {unknown[0]!r} is no weekday; use {', '.join(WEEKDAYS)}")
    return tuple(_read_hours(weekly.get(day, ()), f"{where}: {day}") for day in WEEKDAYS)


def _read_hours(intervals: Sequence[Sequence[str]], where: str) -> Hours:
    if not (
        isinstance(intervals, list | tuple)
        and all(isinstance(interval, list | tuple) for interval in intervals)
        and all(isinstance(text, str) for interval in intervals for text in interval)
    ):
        raise CalendarFault(f'{where}: write a list of intervals such as [["09:00", "17:00"]]')
    hours = []
    for interval in intervals:
        if len(interval) != len(("open", "close")):
            raise CalendarFault(f"{where}: {list(interval)} should be a pair of opening and closing time")
        opens, closes = (_read_wall_time(text, where) for text in interval)
        if opens >= closes:
            raise CalendarFault(
                f"{where}: {interval[0]} to {interval[1]} does not end after it begins; "
                "split hours that pass midnight at 24:00"
            )
        hours.append((opens, closes))
    for (_, closes), (opens, _) in pairwise(sorted(hours)):
        if opens < closes:
            raise CalendarFault(f"{where}: two intervals overlap around {opens // 3600:02}:{opens // 60 % 60:02}")
    return tuple(sorted(hours))


def _read_wall_time(text: str, where: str) -> int:
    if not WALL_TIME.fullmatch(text):
        raise CalendarFault(f"{where}: {text!r} is no time of day; write HH:MM, and 24:00 for the end of the day")
    return int(text[:2]) * 3600 + int(text[3:]) * 60


def read_zone(tz: str, where: str) -> ZoneInfo:
    """Return the time zone. Raises CalendarFault if there is none of that name."""
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, TypeError, ValueError, OSError):
        raise CalendarFault(
            f"{where}: there is no time zone {tz!r}; use an IANA name such as America/New_York"
        ) from None


def zone_data_version(tz: str) -> str:
    """Return the version of the data that answers for a zone: the system's if it knows the zone, else the package's."""
    folder = next((path for path in map(Path, TZPATH) if (path / tz).is_file()), None)
    if folder is None:
        return str(tzdata.IANA_VERSION)
    source = folder / "tzdata.zi"
    found = re.match(r"# version (\S+)", source.read_text()) if source.is_file() else None
    return found[1] if found else "system"


def zone_offsets(tz: str, first_on: date, last_on: date) -> Offsets:
    """Return (UTC second, offset in seconds) for each stretch of equal offset from first_on to last_on.

    These are tzdata's answers; a published calendar keeps them, so that a later tzdata cannot move a promised date.
    """
    zone = read_zone(tz, "calendar")

    def offset(second: int) -> int:
        shift = datetime.fromtimestamp(second, zone).utcoffset()
        assert shift is not None  # noqa: S101 -- the datetime is aware
        return shift // timedelta(seconds=1)

    # One more day on both ends, so that the local first and last day are covered in every zone.
    start, end = (first_on.toordinal() - EPOCH_ORDINAL - 2) * 86_400, (last_on.toordinal() - EPOCH_ORDINAL + 3) * 86_400
    found = [(start, offset(start))]
    for left in range(start, end, 86_400):
        low, high, after = left, left + 86_400, offset(left + 86_400)
        if after == found[-1][1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if offset(middle) == after else (middle, high)
        found.append((high, after))
    return (*found, (end, found[-1][1]))


class Calendar:
    """A definition, compiled: sorted arrays of instants, and the questions that deadlines ask of them."""

    def __init__(self, definition: Definition, offsets: Offsets) -> None:
        """Compile. `offsets` is what `zone_offsets` returned when the version was published."""
        self.definition = definition
        self.first_ordinal = definition.first_on.toordinal()
        self._stretches = [
            (start * SECOND, end * SECOND, offset * SECOND) for (start, offset), (end, _) in pairwise(offsets)
        ]
        self.day_ends = self._compile_day_ends()
        self.starts_at, self.ends_at = self.day_ends[0], self.day_ends[-1]
        lived = [begins < ends for begins, ends in pairwise(self.day_ends)]  # less the dates that never were
        self.day_ends = self.day_ends[1:]
        self.lived_day_ends = list(compress(self.day_ends, lived))
        self.lived_ordinals = list(compress(range(self.first_ordinal, definition.last_on.toordinal() + 1), lived))
        intervals = sorted(self._compile_intervals())
        self.opens = [opens for opens, _, _ in intervals]
        self.closes = [closes for _, closes, _ in intervals]
        self.worked = [0, *accumulate(closes - opens for opens, closes, _ in intervals)]
        closing = {ordinal: closes for _, closes, ordinal in intervals}
        self.business_ordinals = sorted(closing)
        self.business_closes = [closing[ordinal] for ordinal in self.business_ordinals]
        self.business_midnights = [self.day_ends[ordinal - self.first_ordinal] for ordinal in self.business_ordinals]
        if not intervals:
            raise CalendarFault(f"{definition.name}: every reviewed day is closed; open at least one")

    def _compile_day_ends(self) -> list[int]:
        """Return, from the day before the first one on, the last instant of each local date."""
        first, days = self.first_ordinal - EPOCH_ORDINAL, self.definition.last_on.toordinal() - self.first_ordinal + 1
        ends: list[int] = []
        for number in range(first, first + days + 1):
            midnight = number * DAY
            # The date ends when its last minute has passed in every stretch that shows it; a midnight that the wall
            # clock skips falls on the end of the stretch before.
            ends.append(
                max(
                    min(end, midnight - offset)
                    for start, end, offset in self._near(midnight)
                    if midnight - offset > start
                )
            )
        return ends

    def _near(self, wall: int) -> Iterator[tuple[int, int, int]]:
        """Yield the stretches that may show this wall time: no zone is further than a day from UTC."""
        index = max(0, bisect_right(self._stretches, (wall - 2 * DAY,)) - 1)
        for stretch in self._stretches[index:]:
            if stretch[0] > wall + 2 * DAY:
                return
            yield stretch

    def _compile_intervals(self) -> Iterator[tuple[int, int, int]]:
        """Yield (open, close, ordinal of the local date) wherever a stretch shows an interval's wall times."""
        first, last = self.first_ordinal, self.definition.last_on.toordinal()
        for start, end, offset in self._stretches:
            begins = max(first, (start + offset) // DAY + EPOCH_ORDINAL)
            for ordinal in range(begins, min(last, (end + offset) // DAY + EPOCH_ORDINAL) + 1):
                day = date.fromordinal(ordinal)
                if day in self.definition.holidays:
                    continue
                midnight = (ordinal - EPOCH_ORDINAL) * DAY - offset
                for opens, closes in self.definition.weekly[day.weekday()]:
                    low, high = max(start, midnight + opens * SECOND), min(end, midnight + closes * SECOND)
                    if low < high:
                        yield low, high, ordinal

    def check_within(self, us: int) -> int:
        """Return the instant. Raises HorizonPassed unless it lies within the reviewed days."""
        if self.starts_at <= us <= self.ends_at:
            return us
        raise self.horizon_passed(f"{moment(us):%Y-%m-%d} is outside")

    def horizon_passed(self, what: str) -> HorizonPassed:
        """Return the refusal, as a sentence that names the calendar and the cure."""
        known = self.definition
        return HorizonPassed(
            f"{what} the reviewed days of calendar {known.name!r} v{known.version} "
            f"({known.first_on} to {known.last_on}); publish a version that covers it"
        )

    def is_open(self, us: int) -> bool:
        """Tell whether the instant is within opening hours; the closing instant is not."""
        index = bisect_right(self.opens, self.check_within(us)) - 1
        return index >= 0 and us < self.closes[index]

    def next_open(self, us: int) -> int:
        """Return the instant itself if it is open, else the next opening. Raises HorizonPassed."""
        if self.is_open(us):
            return us
        index = bisect_left(self.opens, us)
        if index == len(self.opens):
            raise self.horizon_passed(f"the next opening after {moment(us):%Y-%m-%d} is outside")
        return self.opens[index]

    def open_before(self, us: int) -> int:
        """Return how many microseconds were open before the instant, counted from the first reviewed day."""
        index = bisect_right(self.opens, self.check_within(us)) - 1
        if index < 0:
            return 0
        return self.worked[index] + min(us, self.closes[index]) - self.opens[index]

    def open_reached(self, position: int) -> int:
        """Return the earliest instant with `open_before(instant) >= position`: a tie ends at closing time."""
        if position <= 0:
            return self.starts_at
        index = bisect_left(self.worked, position) - 1
        if index == len(self.opens):
            raise self.horizon_passed("the date would fall outside")
        return self.opens[index] + position - self.worked[index]

    def ordinal_at(self, us: int) -> int:
        """Return the ordinal of the local date. A date's last instant, midnight, belongs to the next one."""
        self.check_within(us)
        return min(self.first_ordinal + bisect_right(self.day_ends, us), self.definition.last_on.toordinal())

    def date_at(self, us: int) -> date:
        """Return the local date at an instant."""
        return date.fromordinal(self.ordinal_at(us))

    def wall_at(self, us: int) -> int:
        """Return the local wall time at an instant, in microseconds since 1970 as if local time were UTC."""
        index = bisect_right(self._stretches, (us, self._stretches[-1][1] + 1)) - 1
        return us + self._stretches[index][2]

    def at_wall(self, wall: int) -> int:
        """Return the last instant that shows this wall time; a time that is skipped gives the end of the skip."""
        return max(min(end, wall - offset) for start, end, offset in self._near(wall) if wall - offset > start)
