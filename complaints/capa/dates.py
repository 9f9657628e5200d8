"""Days of the insurer's own calendar, and the instants at which they begin."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The instants `[starts_at, ends_at)`; None is open on that side."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None


ALL_TIME = Period()


def house_date(at: datetime) -> date:
    """Return the insurer's date at a moment."""
    return at.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)).date()


def last_day(due_at: datetime) -> date:
    """Return the last day to comply: what is due at midnight is due on the day that ends then."""
    return house_date(due_at - INSTANT)


def day_begins_at(day: date) -> datetime:
    """Return the instant at which a day begins."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.HOUSE_TIME_ZONE))
