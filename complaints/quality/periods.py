"""The periods that figures are read for: whole days of the insurer's own calendar."""

from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.capa.dates import Period, day_begins_at, house_date

USUAL = "12-months"
CHOICES: dict[str, str | Promise] = {
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "3-months": _("Last 3 months"),
    USUAL: _("Last 12 months"),
    "this-year": _("This year"),
    "last-year": _("Last year"),
    "all": _("All time"),
}


def period_of(code: str, *, at: datetime) -> Period:
    """Return the period of a choice, as seen at a moment. One of several months ends now. Raises KeyError."""
    today = house_date(at)
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    bounds: dict[str, tuple[date | None, date | None]] = {
        "this-month": (month, None),
        "last-month": (_months_before(month, 1), month),
        "3-months": (_months_before(today, 3), None),
        USUAL: (_months_before(today, 12), None),
        "this-year": (year, None),
        "last-year": (year.replace(year=year.year - 1), year),
        "all": (None, None),
    }
    return Period(*(day_begins_at(day) if day else None for day in bounds[code]))


def _months_before(day: date, months: int) -> date:
    """Return the same day some months earlier, or that month's last day when it is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(years, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
