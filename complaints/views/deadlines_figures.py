"""The engine's figures in words."""

from datetime import timedelta
from typing import Any

from complaints.queries.deadlines import EngineReport
from complaints.time_left import duration
from complaints.views.deadlines_chart import lag_in_words

Figures = list[dict[str, Any]]


def figures_of(report: EngineReport) -> Figures:
    """Return what stands on top, each with a tag that says what the colour says."""
    figures, wrong = report.figures, {trouble.code for trouble in report.troubles}
    waiting = f"oldest for {_age(figures.oldest_unsettled)}" if figures.oldest_unsettled else "nothing waits"
    overdue = f"oldest for {_age(figures.oldest_overdue)}" if figures.oldest_overdue else "none is late"
    return [
        _figure(
            "Clocks that are armed", f"{figures.armed:,}", "with a warning or a due date ahead", "Counted", "pause"
        ),
        _judged("Due and not fired", figures.overdue_unfired, overdue, bad="overdue_unfired" in wrong),
        _figure(
            "Lag in the last hour",
            lag_in_words(report.lag.median),
            f"in the middle; longest {lag_in_words(report.lag.longest)} of {report.lag.fired:,} fired",
            *(("Late", "late") if (report.lag.p99 or 0) > 1 else ("On time", "ok")),
        ),
        _judged(
            "Last sign of a sweeper",
            _age(figures.heartbeat_age) if figures.heartbeat_age is not None else "never",
            "each leaves one every 5 seconds",
            bad="no_sweeper" in wrong,
        ),
        _judged(
            "Effects that wait",
            figures.outbox_unsettled,
            waiting,
            bad=bool(wrong & {"effects_unanswered", "effects_failing"}),
        ),
        _judged("Given up", figures.outbox_dead, "used up their tries", bad="effects_given_up" in wrong),
    ]


def foundations_of(report: EngineReport) -> list[dict[str, str]]:
    """Return what the engine stands on, as rows of a summary list."""
    figures, check = report.figures, report.check
    ahead = "ahead of" if figures.clock_offset > timedelta(0) else "behind"
    checked = "Not yet: the first check comes within a day of the start"
    if check is not None:
        result = "all are" if not check.misfolded else f"{check.misfolded:,} are not"
        checked = f"{check.clocks:,} clocks, {result} what their events say; {_age(figures.fold_checked)} ago"
    ends = [f"{alarm.calendar} in {alarm.days_left} days ({alarm.last_on})" for alarm in report.calendars]
    horizon = figures.calendar_horizon_days
    fine = "None within 400 days" + (f"; the first in {horizon:,} days" if horizon is not None else "")
    snapshot = f"Open for {_age(figures.oldest_snapshot)}, {figures.xmin_age:,} transactions ago"
    rows = {
        "Clocks compared with their events": checked,
        "Calendars that end soon": "; ".join(ends) or fine,
        "Firings that the ledger refused": f"{figures.conflicts:,}" if figures.conflicts else "None",
        "Clocks set aside": f"{figures.set_aside:,}" if figures.set_aside else "None",
        "Oldest transaction": snapshot if figures.oldest_snapshot else "None is open",
        "Clock of this web server": f"{lag_in_words(abs(figures.clock_offset).total_seconds())} {ahead} the database's",
    }
    return [{"key": key, "value": value} for key, value in rows.items()]


def _judged(label: str, value: int | str, words: str, *, bad: bool) -> dict[str, Any]:
    tag = ("Wrong", "late") if bad else ("Well", "ok")
    return _figure(label, f"{value:,}" if isinstance(value, int) else value, words, *tag)


def _figure(label: str, value: str, words: str, tag: str, tone: str) -> dict[str, Any]:
    return {"label": label, "value": value, "words": words, "tag": tag, "tone": tone}


def _age(span: timedelta | None) -> str:
    """Return an age: seconds below a minute, for a heart beats every five."""
    if span is None:
        return "–"
    return f"{span.total_seconds():.0f} s" if span < timedelta(minutes=1) else duration(span)
