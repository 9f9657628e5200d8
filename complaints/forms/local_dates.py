"""A moment as people write it: a date and a time of a zone, or with an offset where the zone's clock is in doubt."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1970, 2100
WRITTEN = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:T|\s+)(?P<time>\d{1,2}:\d{2}(?::\d{2})?)\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to write a doubtful moment without doubt: the text, and which moment it is."""

    text: str
    words: str


class MomentFault(ValueError):
    """What was typed names no moment, or two. `offers` are the moments it may mean, ready to be typed."""

    def __init__(self, words: str, offers: tuple[Offer, ...] = ()) -> None:
        super().__init__(words)
        self.offers = offers


def read_moment(typed: str, zone: ZoneInfo) -> datetime:
    """Return the moment of "2026-06-01 10:00" in a zone, or of "2026-06-01 10:00 -04:00" anywhere.

    Raises MomentFault where it is no date, or where the wall clock of the zone shows that time twice or never.
    """
    found = WRITTEN.fullmatch(typed.strip())
    if not found:
        raise MomentFault(f"“{typed.strip()[:40]}” is no date and time. Write it as 2026-06-01 10:00.")
    day, time = found["day"], found["time"].zfill(5)
    try:
        wall = datetime.fromisoformat(f"{day}T{time.zfill(8) if time.count(':') > 1 else time}")
    except ValueError:
        raise MomentFault(f"There is no {day} {time}. Check the month, the day and the time.") from None
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise MomentFault(f"Check the year: it is not between {FIRST_YEAR} and {LAST_YEAR}.")
    if found["offset"]:
        return wall.replace(tzinfo=_offset(found["offset"]))
    return _in_zone(wall, zone)


def read_span(typed: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the two moments of "2026-06-03 12:00 to 2026-06-08 12:00". Raises MomentFault."""
    start, to, end = typed.partition(" to ")
    if not to:
        raise MomentFault(f"“{typed.strip()[:60]}” is no pause. Write it as 2026-06-03 12:00 to 2026-06-08 12:00.")
    return read_moment(start, zone), read_moment(end, zone)


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    shift = timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
    if minutes > 59 or abs(shift) >= timedelta(hours=24):  # noqa: PLR2004 -- minutes and hours
        raise MomentFault(f"“{text}” is no offset from UTC. Write it as -04:00.")
    return timezone(shift)


def _in_zone(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the one moment at which the zone's wall clock shows this time. Raises MomentFault for two or none."""
    earlier, later = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = earlier.utcoffset(), later.utcoffset()
    if before == after or before is None or after is None:
        return earlier
    shown = f"{wall:%Y-%m-%d %H:%M}"
    if before > after:
        raise MomentFault(
            f"{shown} comes twice in {zone.key}: clocks are put back. Write which one you mean: "
            f"{shown} {_written(before)} is the first, {shown} {_written(after)} the second.",
            (
                Offer(f"{shown} {_written(before)}", f"{shown} {_written(before)}, the first"),
                Offer(f"{shown} {_written(after)}", f"{shown} {_written(after)}, the second"),
            ),
        )
    real = {offset: f"{wall.replace(tzinfo=timezone(offset)).astimezone(zone):%H:%M}" for offset in (before, after)}
    raise MomentFault(
        f"{shown} does not exist in {zone.key}: clocks are put forward. Write which moment you mean: "
        f"{shown} {_written(before)} is {real[before]}, {shown} {_written(after)} is {real[after]}.",
        tuple(
            Offer(f"{shown} {_written(offset)}", f"{shown} {_written(offset)}, which is {real[offset]}")
            for offset in (before, after)
        ),
    )


def _written(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
