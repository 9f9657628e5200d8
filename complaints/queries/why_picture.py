"""The months that a trace runs through, as a picture: what each date was, in a sign, a colour and words."""

from calendar import Calendar as Weeks
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

from complaints.queries.why_days import Day, days_of
from complaints.queries.why_words import amount_in_words
from slas.algebra import Measure
from slas.calendar import SECOND
from slas.trace import Trace, Why

MONTHS_AT_EACH_END = 3
HOUR = 3600 * SECOND
KINDS = {
    Why.COUNTED: "counted",
    Why.HOLIDAY: "holiday",
    Why.PAUSE: "pause",
    Why.BEFORE_COUNT: "before",
    Why.CLOSED_DAY: "closed",
    Why.CLOSED_HOURS: "closed",
    Why.EXTENSION: "before",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One date. `kind` picks the colour, `sign` says the same in a sign, `words` in words; "" for a date outside."""

    day: int
    kind: str
    sign: str
    words: str
    is_start: bool = False
    is_due: bool = False
    is_extended: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """One month in weeks; None fills a week that begins or ends in another month."""

    title: str
    weeks: list[list[Cell | None]]


@dataclass(frozen=True, slots=True)
class Picture:
    """Months with the names of the weekdays, short and in full, less the weeks that the trace does not touch.

    `left_out` months in the middle are not drawn. `in_days` tells whether a sign numbers days or counts hours.
    """

    weekdays: list[tuple[str, str]]
    months: list[Month]
    left_out: int
    in_days: bool
    kinds: frozenset[str]


def picture_of(trace: Trace) -> Picture | None:
    """Return the picture of a trace, None where no time passes between its start and its date."""
    days = {day.on: day for day in days_of(trace)}
    if not days:
        return None
    started_on, due_on = min(days), max(on for on, day in days.items() if day.why is not Why.EXTENSION or day.added)
    months = list(_months(started_on, max(days)))
    left_out = max(len(months) - 2 * MONTHS_AT_EACH_END, 0)
    if left_out:
        months = months[:MONTHS_AT_EACH_END] + months[-MONTHS_AT_EACH_END:]
    weeks = Weeks((get_format("FIRST_DAY_OF_WEEK") - 1) % 7)
    order = list(weeks.iterweekdays())

    def cell(on: date, month: int) -> Cell | None:
        return _cell(on, days.get(on), trace, started_on, due_on) if on.month == month else None

    return Picture(
        weekdays=[(str(WEEKDAYS_ABBR[number]), str(WEEKDAYS[number])) for number in order],
        months=[
            Month(
                date_format(first, _("F Y")),
                [
                    [cell(on, first.month) for on in week]
                    for week in weeks.monthdatescalendar(first.year, first.month)
                    if any(on in days and on.month == first.month for on in week)
                ],
            )
            for first in months
        ],
        left_out=left_out,
        in_days=trace.rule.measure.is_days,
        kinds=frozenset(_kinds(days.values())),
    )


def _months(first_on: date, last_on: date) -> Iterator[date]:
    month = first_on.replace(day=1)
    while month <= last_on:
        yield month
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _kinds(days: Iterable[Day]) -> Iterator[str]:
    for day in days:
        yield KINDS[day.why]
        if day.added:
            yield "extended"


def _cell(on: date, day: Day | None, trace: Trace, started_on: date, due_on: date) -> Cell:
    if day is None:
        return Cell(on.day, "", "", "")
    is_start, is_due = on == started_on, on == due_on
    words = [_words(day, trace.rule.measure)]
    if is_start:
        words.insert(0, _("start"))
    if day.added:
        words.append(_("%(amount)s added") % {"amount": amount_in_words(trace.rule.measure, day.added)})
    if is_due:
        words.append(_("due date"))
    return Cell(
        day=on.day,
        kind=KINDS[day.why],
        sign=_sign(day, trace.rule.measure),
        words=", ".join(filter(None, words)),
        is_start=is_start,
        is_due=is_due,
        is_extended=bool(day.added),
    )


def _words(day: Day, measure: Measure) -> str:
    if day.counted:
        if measure.is_days:
            return _("day %(number)d of the count") % {"number": day.number}
        return _("%(amount)s counted") % {"amount": amount_in_words(measure, day.counted)}
    words = {
        Why.HOLIDAY: day.holiday or _("holiday"),
        Why.PAUSE: _("pause"),
        Why.CLOSED_DAY: _("closed"),
        Why.CLOSED_HOURS: _("closed"),
    }
    return words.get(day.why, _("does not count"))


def _sign(day: Day, measure: Measure) -> str:
    """Return which day of the count it is, or how much of it counted, or what it was."""
    if day.counted:
        return str(day.number) if measure.is_days else _("%(hours)d h") % {"hours": round(day.counted / HOUR)}
    return {Why.HOLIDAY: "✳", Why.PAUSE: "‖", Why.CLOSED_DAY: "–", Why.CLOSED_HOURS: "–"}.get(day.why, "")
