"""What we owe next and by when, in words for the member. The time of looking is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wording:
    """How one kind of promise is put: in a few words, as a sentence, and once its day has passed."""

    short: str | Promise
    sentence: str | Promise
    late: str | Promise


WORDINGS: Mapping[str, Wording] = MappingProxyType(
    {
        "acknowledge": Wording(
            gettext_lazy("Confirmation by %(day)s"),
            gettext_lazy("We confirm that we have your complaint by %(day)s."),
            gettext_lazy("Our confirmation was due on %(day)s. It is late, and we are sorry."),
        ),
        "case_manager": Wording(
            gettext_lazy("Your case manager’s name by %(day)s"),
            gettext_lazy("We tell you who looks after your complaint by %(day)s."),
            gettext_lazy("We owed you the name of your case manager on %(day)s. It is late, and we are sorry."),
        ),
        "resolve": Wording(
            gettext_lazy("Decision by %(day)s"),
            gettext_lazy("We look into it and send you our decision by %(day)s."),
            gettext_lazy("Our decision was due on %(day)s. It is late, and we are sorry. We are still working on it."),
        ),
        "follow_up": Wording(
            gettext_lazy("News from us by %(day)s"),
            gettext_lazy("You hear from us again by %(day)s."),
            gettext_lazy("You should have heard from us by %(day)s. We are late, and we are sorry."),
        ),
        "law_acknowledge": Wording(
            gettext_lazy("Confirmation, by law, by %(day)s"),
            gettext_lazy("By law, we must confirm that we have your complaint by %(day)s."),
            gettext_lazy("By law, our confirmation was due on %(day)s. It is late, and we are sorry."),
        ),
        "law_answer": Wording(
            gettext_lazy("Answer, by law, by %(day)s"),
            gettext_lazy("By law, we must answer you by %(day)s."),
            gettext_lazy("By law, our answer was due on %(day)s. It is late, and we are sorry."),
        ),
        "message_reply": Wording(
            gettext_lazy("Answer to your message by %(day)s"),
            gettext_lazy("We answer your message by %(day)s."),
            gettext_lazy("Our answer to your message was due on %(day)s. It is late, and we are sorry."),
        ),
    }
)


def promise_named(kind: str, *, legal: bool, met_on: str) -> str:
    """Return the name of a clock's wording: what the law asks for is put by the event that it asks for."""
    if not legal:
        return kind
    return "law_acknowledge" if met_on == "acknowledged" else "law_answer"


def last_day(due_at: datetime, zone: ZoneInfo, *, to_the_minute: bool = False) -> str:
    """Return the last day to comply: what is due at midnight is due on the day that ends then.

    What is counted in hours is due `to_the_minute`: its day alone would promise less than is owed.
    """
    local = due_at.astimezone(zone)
    if not to_the_minute or local.time() == time.min:
        local -= INSTANT
    return date_format(local, _("l, F j \\a\\t g:i A") if to_the_minute else _("l, F j"))


def moment_in_full(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment: "Tuesday, June 23, 2026, 5:00 PM"."""
    return date_format(at.astimezone(zone), _("l, F j, Y, g:i A"))


def due_in_full(at: datetime, zone: ZoneInfo) -> str:
    """Return the last moment to comply, in the zone of its clock; midnight is the end of the day before.

    A time of day that is not the house's own names its zone.
    """
    local = at.astimezone(zone)
    if local.time() == time.min:
        return _("the end of %(day)s") % {"day": date_format(local - INSTANT, _("l, F j, Y"))}
    return moment_in_full(at, zone) + ("" if zone.key == settings.HOUSE_TIME_ZONE else f" {local.tzname()}")


def promised(kind: str, *, due_at: datetime, now: datetime, zone: ZoneInfo, to_the_minute: bool = False) -> str:
    """Return a sentence, for example "We look into it and send you our decision by Tuesday, December 8."."""
    wording = WORDINGS[kind]
    day = last_day(due_at, zone, to_the_minute=to_the_minute)
    return (wording.late if now > due_at else wording.sentence) % {"day": day}


def promised_in_short(
    kind: str, *, due_at: datetime, now: datetime, zone: ZoneInfo, to_the_minute: bool = False
) -> str:
    """Return the promise in a few words, for example "Decision by Tuesday, December 8"."""
    wording = WORDINGS[kind]
    day = last_day(due_at, zone, to_the_minute=to_the_minute)
    return (wording.late if now > due_at else wording.short) % {"day": day}
