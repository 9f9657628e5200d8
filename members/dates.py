"""How days and moments are written, on every page and in every letter, and which day it is in the house."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def day_in_words(day: date | None) -> str:
    """Return a day, for example "March 4, 2026"; of a moment, the day where it was expressed. "" for none."""
    return date_format(day, _("F j, Y")) if day else ""


def moment_in_words(at: datetime | None) -> str:
    """Return a moment where it was expressed, for example "March 4, 2026, 9:30 AM"; "" for none."""
    return date_format(at, _("F j, Y, g:i A")) if at else ""


def house_day(at: datetime) -> date:
    """Return the day that this moment belongs to where the house is."""
    return at.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)).date()
