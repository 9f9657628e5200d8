"""Drafts of calendar files from the `holidays` package, for people to review. Plain Python, never used at run time.

The package is a development dependency: it lists observances on which offices stay open, and it changes its mind. What
counts is the file that somebody has read, and struck out such days from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import date

from slas.calendar import WEEKDAYS, read_weekly, read_zone

CODE = re.compile(r"[a-z]{2}(-[a-z]{2,7})?")
YEARS = re.compile(r"(\d{4})-(\d{4})")
HOURS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? ([0-9:,-]+)")
OFFICE_HOURS = "mon-fri 08:00-17:00"
ZONE_PARTS = {  # where a state lies in several zones, that of its capital
    "America/New_York": "us-ct us-dc us-de us-federal us-fl us-ga us-ky us-ma us-md us-me us-nc us-nh us-nj us-ny "
    "us-oh us-pa us-ri us-sc us-va us-vt us-wv",
    "America/Chicago": "us-al us-ar us-ia us-il us-ks us-la us-mn us-mo us-ms us-nd us-ne us-ok us-sd us-tn us-tx "
    "us-wi",
    "America/Denver": "us-co us-mt us-nm us-ut us-wy",
    "America/Los_Angeles": "us-ca us-nv us-or us-wa",
    "America/Anchorage": "us-ak",
    "America/Phoenix": "us-az",
    "America/Boise": "us-id",
    "America/Detroit": "us-mi",
    "America/Indiana/Indianapolis": "us-in",
    "Pacific/Honolulu": "us-hi",
    "Europe/London": "gb-eng",
    "Europe/Dublin": "ie",
    "Asia/Kolkata": "in",
    "Australia/Sydney": "au",
}
ZONES = {code: zone for zone, codes in ZONE_PARTS.items() for code in codes.split()}


class SeedRefused(Exception):
    """No draft can be made. The sentence says what to change."""


def draft_calendar(
    code: str, *, years: str, weekly: str = OFFICE_HOURS, tz: str | None = None, without: Collection[str] = ()
) -> str:
    """Return a calendar file as text. `without` names days that are no holidays after all.

    Raises SeedRefused, CalendarFault.
    """
    if not CODE.fullmatch(code):
        raise SeedRefused(
            f"{code!r} is no code; write a country and a part of it, such as us-tx, us-federal, gb-eng or ie"
        )
    if not (span := YEARS.fullmatch(years)) or int(span[1]) > int(span[2]):
        raise SeedRefused(f"{years!r} are no years; write the first and the last, such as 2019-2031")
    if (zone := tz or ZONES.get(code)) is None:
        raise SeedRefused(f"the time zone of {code} is not known here; give it with --tz, such as --tz Europe/Vienna")
    read_zone(zone, "--tz")
    first, last = int(span[1]), int(span[2])
    hours = _read_hours(weekly)
    days = _public_holidays(code, first, last)
    if unknown := sorted(set(without) - {name for names in days.values() for name in names}):
        raise SeedRefused(f"{unknown[0]!r} is no holiday of {code} in these years; take it off --without")
    kept = {day: "; ".join(name for name in names if name not in without) for day, names in sorted(days.items())}
    struck = [f"# Struck out: {name}." for name in sorted(without)]
    return "\n".join(
        [
            f"# Weekdays of {code}, less its public holidays. Drafted from the holidays package; read every line, and",
            "# strike out what offices work on. Nothing may fall due outside the reviewed years.",
            *struck,
            f'calendar = "{code}"\nversion = 1\neffective_from = {first}-01-01\ntz = "{zone}"',
            f"reviewed_years = [{first}, {last}]\n\n[weekly]",
            *(f"{day} = {json.dumps(intervals)}" for day, intervals in hours.items()),
            "\n[holidays]",
            *(f"{day} = {json.dumps(name, ensure_ascii=False)}" for day, name in kept.items() if name),
            "",
        ]
    )


def _read_hours(weekly: str) -> dict[str, list[list[str]]]:
    """Return opening hours from words such as `mon-fri 08:00-12:00,13:00-17:00; sat 09:00-12:00`."""
    hours: dict[str, list[list[str]]] = {}
    for part in weekly.split(";"):
        found = HOURS.fullmatch(part.strip())
        if not found or found[1] not in WEEKDAYS or (found[2] or found[1]) not in WEEKDAYS:
            raise SeedRefused(f"the hours {part.strip()!r} are not understood; write for example {OFFICE_HOURS!r}")
        begin, end = WEEKDAYS.index(found[1]), WEEKDAYS.index(found[2] or found[1])
        for day in WEEKDAYS[begin : end + 1]:
            hours[day] = [interval.split("-") for interval in found[3].split(",")]
    read_weekly(hours, "--weekly")
    return hours


def _public_holidays(code: str, first: int, last: int) -> dict[date, list[str]]:
    """Return the names of each public holiday. Raises SeedRefused where the package knows nothing."""
    try:
        import holidays  # noqa: PLC0415 -- a development dependency, which production does not have
    except ImportError:
        raise SeedRefused("the holidays package is missing; install what requirements-dev.txt lists") from None
    country, _, part = code.upper().partition("-")
    part = "" if code == "us-federal" else part
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=range(first, last + 1), language="en_US")
    except NotImplementedError:
        raise SeedRefused(f"the holidays package knows no {code}; write the file by hand") from None
    if empty := sorted(set(range(first, last + 1)) - {day.year for day in found}):
        raise SeedRefused(f"the holidays package knows no holiday of {code} in {empty[0]}; leave that year out")
    return {day: names.split("; ") for day, names in found.items() if first <= day.year <= last}
