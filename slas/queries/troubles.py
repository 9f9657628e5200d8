"""What is wrong with the deadlines, in sentences that name the cure: for the monitor, for the page, for the metrics."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from slas.queries.health import Health
from slas.queries.horizons import HORIZON_ALARM_DAYS

NEVER = timedelta(0)
LATEST_FIRING = timedelta(seconds=60)
LATEST_HEARTBEAT = timedelta(seconds=30)
LATEST_ANSWER = timedelta(minutes=5)
"""Effects take seconds. What nobody has tried for so long has no worker, or kills it."""
LATEST_EFFECT = timedelta(hours=1)
"""What fails is tried six times in half an hour, which outlasts a restart; what failed for an hour is an outage."""
LATEST_FOLD_CHECK = timedelta(days=2)  # it is nightly; one may be missed
LATEST_SNAPSHOT = timedelta(minutes=10)
MOST_OFFSET = timedelta(seconds=1)

Words = tuple[str, str]
"""What is wrong, and the cure."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong. An alarm means that dates or effects are not kept; the others can wait until morning."""

    code: str
    is_alarm: bool
    words: str
    cure: str


def troubles(figures: Health) -> list[Trouble]:
    """Return what is wrong, alarms first; nothing where all is kept."""
    told = ((code, is_alarm, say(figures)) for code, is_alarm, say in _CHECKS)
    return [Trouble(code, is_alarm, *words) for code, is_alarm, words in told if words]


def _overdue(figures: Health) -> Words | None:
    if (figures.oldest_overdue or NEVER) <= LATEST_FIRING:
        return None
    words = f"{_counted(figures.overdue_unfired, 'threshold is', 'thresholds are')} due and not fired, the oldest for "
    return words + f"{_span(figures.oldest_overdue)}.", "Start a worker with --timer; if one runs, read its log."


def _sweeper(figures: Health) -> Words | None:
    cure = "Start a worker with --timer; if one runs, see whether it reaches the database."
    if figures.heartbeat_age is None:
        return "No sweeper has ever been seen.", cure
    if figures.heartbeat_age <= LATEST_HEARTBEAT:
        return None
    return f"No sweeper has been seen for {_span(figures.heartbeat_age)}.", cure


def _set_aside(figures: Health) -> Words | None:
    if not figures.set_aside:
        return None
    words = f"{_counted(figures.set_aside, 'clock was', 'clocks were')} set aside because firing failed."
    return words, "The worker's log names them and the fault: mend it, then arm them again as docs/alerts.md says."


def _unanswered(figures: Health) -> Words | None:
    if (figures.oldest_unanswered or NEVER) <= LATEST_ANSWER:
        return None
    words = f"An effect has waited for {_span(figures.oldest_unanswered)} and nobody tried it to an end."
    return words, "Start a worker, and the broker; if both run, the worker's log names what kills it."


def _failing(figures: Health) -> Words | None:
    if (figures.oldest_unsettled or NEVER) <= LATEST_EFFECT:
        return None
    words = f"An effect has been failing for {_span(figures.oldest_unsettled)}."
    return words, "See below what fails with which fault, and mend that; each is tried again by itself."


def _dead(figures: Health) -> Words | None:
    if not figures.outbox_dead:
        return None
    words = f"{_counted(figures.outbox_dead, 'effect was', 'effects were')} given up."
    return words, "Mend what the fault names, then have them tried again."


def _misfolded(figures: Health) -> Words | None:
    if not figures.misfolded:
        return None
    words = f"{_counted(figures.misfolded, 'clock is not what its', 'clocks are not what their')} events say."
    return words, "The worker's log names them: compare their dates with their events before anybody relies on them."


def _fold_check(figures: Health) -> Words | None:
    if (figures.fold_checked or NEVER) <= LATEST_FOLD_CHECK:
        return None
    words = f"The clocks were last compared with their events {_span(figures.fold_checked)} ago."
    return words, "Start Celery's beat, which asks for it each night; the worker's log tells if it was cut short."


def _conflicts(figures: Health) -> Words | None:
    if not figures.conflicts:
        return None
    words = f"{_counted(figures.conflicts, 'firing was', 'firings were')} refused because the ledger had them already."
    return words, "Nothing fired twice. Find out who moved a clock back by hand, or restored a part of the database."


def _horizon(figures: Health) -> Words | None:
    if figures.calendar_horizon_days is None or figures.calendar_horizon_days >= HORIZON_ALARM_DAYS:
        return None
    words = f"A calendar that deadlines count by ends in {figures.calendar_horizon_days} days."
    return words, "Review the years after it and publish them as its next version: manage.py seed_calendar drafts them."


def _snapshot(figures: Health) -> Words | None:
    if figures.oldest_snapshot <= LATEST_SNAPSHOT:
        return None
    words = f"A transaction has been open for {_span(figures.oldest_snapshot)}, and sweeps grow slower behind it."
    return words, "Find it in pg_stat_activity by its xact_start, and end it."


def _offset(figures: Health) -> Words | None:
    if abs(figures.clock_offset) <= MOST_OFFSET:
        return None
    side = "ahead of" if figures.clock_offset > NEVER else "behind"
    words = f"This web server's clock is {_span(abs(figures.clock_offset))} {side} the database's."
    return words, "Deadlines follow the database. Have both hosts set their clocks by NTP, the database's first."


_CHECKS: tuple[tuple[str, bool, Callable[[Health], Words | None]], ...] = (
    ("overdue_unfired", True, _overdue),
    ("no_sweeper", True, _sweeper),
    ("set_aside", True, _set_aside),
    ("effects_unanswered", True, _unanswered),
    ("effects_failing", True, _failing),
    ("effects_given_up", True, _dead),
    ("misfolded", True, _misfolded),
    ("fold_check_missing", False, _fold_check),
    ("conflicts", False, _conflicts),
    ("calendar_ends", False, _horizon),
    ("old_snapshot", False, _snapshot),
    ("clock_offset", False, _offset),
)
CODES = tuple(code for code, _is_alarm, _say in _CHECKS)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _span(span: timedelta | None) -> str:
    """Return a length of time in its largest unit, rounded down: "45 seconds", "3 hours"."""
    seconds = (span or NEVER).total_seconds()
    for length, one in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return _counted(int(seconds // length), one, f"{one}s")
    return f"{seconds:.0f} seconds" if seconds >= 10 else f"{seconds:.1f} seconds"  # noqa: PLR2004 -- a digit that helps
