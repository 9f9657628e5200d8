"""The limits and thresholds of a pack: words such as "15 business days" become numbers. Plain Python."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slas.algebra import BREACH, Align, Measure, Threshold
from slas.pack_actions import read_actions
from slas.pack_words import PackFault, check_entries, read_choice, read_number, read_tables, read_text

CODES = 1000
UNIT = r"(business day|business hour|business minute|calendar day|week|hour|minute|second)s?"
LIMIT = re.compile(rf"(?:([0-9]+) )?{UNIT}")
RELATIVE = re.compile(rf"([0-9]+) {UNIT} (before|after) due")
PERCENT = re.compile(r"([0-9]{1,3}) ?%")
UNITS: Mapping[str, tuple[Measure, int]] = {
    "business day": (Measure.BUSINESS_DAYS, 1),
    "business hour": (Measure.BUSINESS_SECONDS, 3600),
    "business minute": (Measure.BUSINESS_SECONDS, 60),
    "calendar day": (Measure.CALENDAR_DAYS, 1),
    "week": (Measure.CALENDAR_DAYS, 7),
    "hour": (Measure.ELAPSED_SECONDS, 3600),
    "minute": (Measure.ELAPSED_SECONDS, 60),
    "second": (Measure.ELAPSED_SECONDS, 1),
}
CENTURY = 36_525  # days
DIGITS = 12  # of a number; more are no limit of anybody's
WHOLE = 1000  # permille
ENTRIES = ("code", "at", "align", "actions")


def most_units(measure: Measure) -> int:
    """Return a hundred years in the days or seconds of a measure: more is a slip of the keyboard."""
    return CENTURY if measure.is_days else CENTURY * 86_400


def read_limit(text: str, where: str) -> tuple[Measure, int | None]:
    """Return measure and budget (days or seconds) of a limit in words; no number means: given at the start."""
    if not (found := LIMIT.fullmatch(text)):
        raise PackFault(
            f'{where}: the limit {text!r} is not understood; write for example "15 business days" or "72 hours"'
        )
    measure, factor = UNITS[found[2]]
    if found[1] is None:
        return measure, None
    amount = _amount(found[1], factor, measure, text, where)
    if amount < 1:
        raise PackFault(f"{where}: the limit must be 1 or more; it is {text!r}")
    return measure, amount


def read_length(block: Mapping[str, Any], name: str, measure: Measure, where: str) -> int:
    """Return how much a text adds to a limit, in the limit's own measure."""
    unit, units = read_limit(read_text(block, name, where), where)
    if unit is not measure or units is None:
        raise PackFault(f"{where}: the extension's {name} must be a number in {measure.replace('_', ' ')}")
    return units


def read_thresholds(
    block: Mapping[str, Any], measure: Measure, where: str
) -> tuple[tuple[Threshold, ...], dict[int, tuple[str, ...]]]:
    """Return the thresholds of an obligation and what each asks for. Raises PackFault unless one is the due date."""
    tables = read_tables(block, "threshold", where)
    thresholds = tuple(_read_threshold(table, measure, where) for table in tables)
    _check_codes([threshold.code for threshold in thresholds], where)
    return thresholds, {table["code"]: read_actions(table, where) for table in tables}


def _check_codes(codes: Sequence[int], where: str) -> None:
    if len(set(codes)) != len(codes):
        raise PackFault(f"{where}: two thresholds share a code; give each its own")
    if BREACH not in codes:
        raise PackFault(f'{where}: no threshold has code {BREACH}; add one with at = "due"')


def _read_threshold(table: Mapping[str, Any], measure: Measure, where: str) -> Threshold:
    check_entries(table, ENTRIES, where)
    code, text = read_number(table, "code", where, most=CODES - 1), read_text(table, "at", where)
    align = read_choice(table, "align", Align.EXACT, where)
    if code == BREACH and text != "due":
        raise PackFault(
            f'{where}: the threshold of code {BREACH} is the due date itself; write at = "due", not {text!r}'
        )
    threshold, is_before = _place(text, code, align, measure, where)
    if code < BREACH and not is_before:
        raise PackFault(
            f"{where}: a threshold below {BREACH} warns before the date, but code {code} is at {text!r}; "
            f"move it before due, or give it a code above {BREACH}"
        )
    if code > BREACH and is_before:
        raise PackFault(
            f"{where}: a threshold above {BREACH} follows the date, but code {code} is at {text!r}; "
            f"move it after due, or give it a code below {BREACH}"
        )
    return threshold


def _place(text: str, code: int, align: Align, measure: Measure, where: str) -> tuple[Threshold, bool]:
    """Return the threshold, and whether it lies before the due date."""
    if text == "due":
        return Threshold(code, align, permille=WHOLE), False
    if found := PERCENT.fullmatch(text):
        permille = int(found[1]) * 10
        return Threshold(code, align, permille=permille), permille < WHOLE
    if not (found := RELATIVE.fullmatch(text)):
        raise PackFault(
            f'{where}: {text!r} is not understood; write "50 %", "due", or for example "4 hours before due"'
        )
    unit, factor = UNITS[found[2]]
    amount = _amount(found[1], factor, unit, text, where) * (-1 if found[3] == "before" else 1)
    if unit is measure and measure.is_days:
        return Threshold(code, align, offset_units=amount), amount < 0
    if unit is Measure.ELAPSED_SECONDS:
        return Threshold(code, align, offset_seconds=amount), amount < 0
    raise PackFault(
        f"{where}: {text!r} does not fit a limit in {measure.replace('_', ' ')}; use hours, or its own days"
    )


def _amount(digits: str, factor: int, measure: Measure, text: str, where: str) -> int:
    """Return so many days or seconds. Raises PackFault for more than a hundred years."""
    if len(digits) > DIGITS or int(digits) * factor > most_units(measure):
        raise PackFault(f"{where}: {text[: DIGITS * 5]!r} is more than a hundred years; write a shorter limit")
    return int(digits) * factor
