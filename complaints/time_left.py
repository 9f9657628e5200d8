"""How much time a clock leaves, as a shape, a tone and words. Plain arithmetic: the time of looking is an argument."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

DUE_SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What a deadline chip shows. Shape, words and colour each tell the state alone.

    `state`: overdue, soon, later, paused, met or missed. `tone`: the colour family of the chip, the same names as
    templates/ui/tag.html takes.
    """

    state: str
    shape: str
    tone: str
    words: str
    due_at: datetime | None


def time_left(
    *,
    due_at: datetime | None,
    now: datetime,
    met_at: datetime | None = None,
    paused: bool = False,
    waiting_for: str = "",
) -> TimeLeft | None:
    """Return what to show for a clock at `now`, None when there is nothing to wait for.

    The last moment to comply is `due_at` itself: a clock met at that instant is on time, and only after it is it
    overdue. `waiting_for` completes the words of a paused clock, for example "the member".
    """
    if paused:
        words = _("Paused, waiting for %(whom)s") % {"whom": waiting_for} if waiting_for else _("Paused")
        return TimeLeft("paused", "‖", "pause", words, due_at)
    if due_at is None:
        return None
    return _running(due_at, now) if met_at is None else _completed(due_at, met_at)


def _running(due_at: datetime, now: datetime) -> TimeLeft:
    if now > due_at:
        return TimeLeft("overdue", "▲", "late", _("Overdue %(time)s") % {"time": duration(now - due_at)}, due_at)
    words = _("Due in %(time)s") % {"time": duration(due_at - now)}
    if due_at - now <= DUE_SOON:
        return TimeLeft("soon", "◆", "soon", words, due_at)
    return TimeLeft("later", "●", "ok", words, due_at)


def _completed(due_at: datetime, met_at: datetime) -> TimeLeft:
    if met_at <= due_at:
        return TimeLeft("met", "✓", "ok", _("Met"), due_at)
    return TimeLeft("missed", "✕", "late", _("Missed by %(time)s") % {"time": duration(met_at - due_at)}, due_at)


def duration(span: timedelta) -> str:
    """Return a length of time in the two largest units that help: "6d", "1d 4h", "3h 40m", "12m", "under 1m".

    Rounds down, so that no more time is promised than there is. From two days on hours no longer help.
    """
    whole_minutes = int(span.total_seconds() // 60)
    days, hours, minutes = whole_minutes // 1440, whole_minutes // 60 % 24, whole_minutes % 60
    if days > 1 or (days and not hours):
        return _("%(days)dd") % {"days": days}
    if days:
        return _("%(days)dd %(hours)dh") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)dh %(minutes)dm") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)dm") % {"minutes": minutes}
    return _("under 1m")
