"""A clock's date explained in plain words, the same for members and staff. Times are those of the trace's zone."""

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from complaints.promises import due_in_full, moment_in_full
from complaints.queries.why_days import Run
from slas.algebra import DayEnd, Measure, StartRule
from slas.calendar import SECOND
from slas.explanations import Explanation
from slas.fold import EventKind, Happening, State
from slas.trace import Trace, Why

HOUR, MINUTE = 3600, 60
SATURDAY = 5
UNITS: Mapping[Measure, str | Promise] = MappingProxyType(
    {Measure.BUSINESS_DAYS: gettext_lazy("business days"), Measure.CALENDAR_DAYS: gettext_lazy("days")}
)
COUNTING: Mapping[Measure, str | Promise] = MappingProxyType(
    {
        Measure.BUSINESS_DAYS: gettext_lazy("We count the days when our office is open, not weekends or holidays."),
        Measure.BUSINESS_SECONDS: gettext_lazy("We count the hours when our office is open."),
        Measure.CALENDAR_DAYS: gettext_lazy("We count every day, with weekends and holidays."),
        Measure.ELAPSED_SECONDS: gettext_lazy("We count every hour, day and night."),
    }
)
BEGINNING: Mapping[StartRule, str | Promise] = MappingProxyType(
    {
        StartRule.INSTANT: gettext_lazy("We count from that moment."),
        StartRule.NEXT_DAY: gettext_lazy("We start to count on the next day."),
        StartRule.NEXT_OPEN: gettext_lazy("We start to count when our office opens next."),
    }
)
ENDING: Mapping[DayEnd, str | Promise] = MappingProxyType(
    {
        DayEnd.CLOSE: gettext_lazy("A day has passed when our office closes."),
        DayEnd.MIDNIGHT: gettext_lazy("A day has passed at midnight."),
        DayEnd.SAME_TIME: gettext_lazy("A day has passed at the time of day at which it began."),
    }
)
HAPPENED: Mapping[EventKind, str | Promise] = MappingProxyType(
    {
        EventKind.START: gettext_lazy("It began"),
        EventKind.PAUSE: gettext_lazy("Paused"),
        EventKind.RESUME: gettext_lazy("Went on after the pause"),
        EventKind.EXTEND: gettext_lazy("We took more time"),
        EventKind.REBASE: gettext_lazy("Counted anew by a newer list of holidays"),
        EventKind.COMPLETE: gettext_lazy("Done"),
        EventKind.CANCEL: gettext_lazy("Ended, as it was no longer needed"),
    }
)


def amount_in_words(measure: Measure, units: int) -> str:
    """Return an amount: "4 business days", "72 hours", "5 hours 30 minutes"; seconds are rounded to the minute."""
    if measure is Measure.BUSINESS_DAYS:
        return ngettext("%(number)s business day", "%(number)s business days", units) % {"number": f"{units:,}"}
    if measure is Measure.CALENDAR_DAYS:
        return ngettext("%(number)s day", "%(number)s days", units) % {"number": f"{units:,}"}
    minutes = round(units / (MINUTE * SECOND))
    hours, minutes = divmod(minutes, 60)
    words = []
    if hours or not minutes:
        words.append(ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": f"{hours:,}"})
    if minutes:
        words.append(ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes})
    return " ".join(words)


def count_in_words(measure: Measure, units: int) -> str:
    """Return an amount for a column whose head names the unit: a bare number of days, or hours and minutes."""
    return f"{units:,}" if measure.is_days else amount_in_words(measure, units)


def dates_in_words(first_on: date, last_on: date, *, with_year: bool) -> str:
    """Return one date or a range of them: "Tue, Jun 2 to Fri, Jun 5"."""
    form = _("D, M j, Y") if with_year else _("D, M j")
    first, last = date_format(first_on, form), date_format(last_on, form)
    return first if first_on == last_on else _("%(first)s to %(last)s") % {"first": first, "last": last}


def story(found: Explanation) -> Iterator[str]:
    """Yield how the date came about, a sentence or two at a time."""
    trace, zone = found.on_show, zone_of(found)
    rule = trace.rule
    amount = amount_in_words(rule.measure, trace.budget)
    yield _("It began on %(start)s. The limit is %(amount)s.") % {
        "start": moment_in_full(trace.started_at, zone),
        "amount": amount,
    }
    yield f"{COUNTING[rule.measure]} {BEGINNING[rule.start_rule]}" + (
        f" {ENDING[rule.day_end]}" if rule.measure.is_days else ""
    )
    if trace.pauses:
        yield _("While we waited for an answer, the count stood still. That time was added.")
    if added := found.face.extended:
        yield _("We took more time: %(amount)s.") % {"amount": amount_in_words(rule.measure, added)}
    if any(event.kind is EventKind.REBASE for event in found.events):
        yield _("Our list of holidays changed after it began. We counted anew from the start.")
    yield verdict(found)


def verdict(found: Explanation) -> str:
    """Return what became of it, or what is still owed, with the date."""
    face, zone = found.face, zone_of(found)
    due = due_in_full(face.due_at, zone)
    ended = moment_in_full(face.ended_at, zone) if face.ended_at else ""
    match face.state:
        case State.MET:
            return _("So the date was %(due)s. It was done in time, on %(ended)s.") % {"due": due, "ended": ended}
        case State.MISSED:
            return _("So the date was %(due)s. It was done late, on %(ended)s.") % {"due": due, "ended": ended}
        case State.CANCELLED:
            return _("So the date was %(due)s. It ended before, on %(ended)s, as it was no longer needed.") % {
                "due": due,
                "ended": ended,
            }
        case State.PAUSED:
            return _paused(found, zone)
    if found.is_overdue:
        return _("So the date was %(due)s. That date has passed, and it is still to be done.") % {"due": due}
    return _("So the date is %(due)s.") % {"due": due}


def _paused(found: Explanation, zone: ZoneInfo) -> str:
    since = moment_in_full(found.face.paused_at or found.at, zone)
    if found.trace_if_resumed is None:
        return _("The count has stood still since %(since)s. The date moves for as long as that lasts.") % {
            "since": since
        }
    return _(
        "The count has stood still since %(since)s, and the date moves for as long as that lasts. "
        "If we went on now, it would be %(due)s."
    ) % {"since": since, "due": due_in_full(found.trace_if_resumed.due_at, zone)}


def run_in_words(run: Run, trace: Trace) -> str:
    """Return what a run of dates did."""
    match run.why:
        case Why.COUNTED:
            words = _("Counted, less a pause") if run.has_pause else _("Counted")
        case Why.HOLIDAY:
            words = _("Holiday: %(name)s") % {"name": run.holiday} if run.holiday else _("Holiday")
        case Why.CLOSED_DAY:
            is_weekend = run.first_on.weekday() >= SATURDAY and run.last_on.weekday() >= SATURDAY
            words = _("Weekend") if is_weekend else _("Office closed")
        case Why.CLOSED_HOURS:
            words = _("After office hours")
        case Why.PAUSE:
            words = _("Pause: we waited for an answer")
        case Why.EXTENSION:
            words = _("More time: %(amount)s") % {"amount": amount_in_words(trace.rule.measure, run.added)}
        case Why.BEFORE_COUNT:
            from_next_day = trace.rule.start_rule is StartRule.NEXT_DAY
            words = _("The day it began. We count from the next day.") if from_next_day else _("Too late to count")
    return words


def event_in_words(event: Happening, measure: Measure) -> str:
    """Return one thing that happened to a clock."""
    words = str(HAPPENED[event.kind])
    return f"{words}: {amount_in_words(measure, event.units)}" if event.units else words


def zone_of(found: Explanation) -> ZoneInfo:
    """Return the zone whose dates were counted."""
    return ZoneInfo(found.trace.tz)
