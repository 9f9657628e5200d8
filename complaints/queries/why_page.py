"""The explanation of a clock as a page shows it, whichever page: in words, run by run, and as months."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from complaints.promises import due_in_full, moment_in_full
from complaints.queries.why_days import Run, day_by_day, runs_of
from complaints.queries.why_picture import Picture, picture_of
from complaints.queries.why_words import (
    UNITS,
    amount_in_words,
    count_in_words,
    dates_in_words,
    event_in_words,
    run_in_words,
    story,
    zone_of,
)
from complaints.time_left import TimeLeft, time_left
from members.dates import day_in_words
from slas.explanations import VERDICTS, Explanation, Reached
from slas.fold import State
from slas.policy import Mark, Policy
from slas.trace import Trace

MARKS = MappingProxyType(
    {
        Mark.VERIFIED: "Read in the primary text",
        Mark.SECONDARY: "Read in a secondary source",
        Mark.KNOWN: "General knowledge, to be confirmed by counsel",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A run of dates in words: which, what they did, how much they counted ("" for nothing) and what was left."""

    dates: str
    what: str
    counted: str
    left: str
    why: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment in words, and what falls on it. `detail` completes it for the staff."""

    when: str
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Everything about one date: how it came about, run by run and day by day, by which rule, and what happened."""

    title: str
    promise: str
    due: str
    time_left: TimeLeft | None
    story: tuple[str, ...]
    runs: tuple[Line, ...]
    days: tuple[Line, ...]
    picture: Picture | None
    policy: Policy
    rule: tuple[tuple[str, str], ...]
    unit: str | Promise
    zone: str
    thresholds: tuple[Dated, ...]
    events: tuple[Dated, ...]


def why_of(found: Explanation) -> Why:
    """Return an explanation in words."""
    trace, zone, face = found.on_show, zone_of(found), found.face
    return Why(
        title=found.policy.title,
        promise=found.policy.promise,
        due=due_in_full(face.due_at, zone),
        time_left=time_left(
            due_at=face.due_at,
            now=found.at,
            met_at=face.ended_at if face.state in VERDICTS else None,
            paused=face.state is State.PAUSED,
        )
        if face.state is not State.CANCELLED
        else None,
        story=tuple(story(found)),
        runs=_lines(trace, runs_of(trace)),
        days=_lines(trace, day_by_day(trace)),
        picture=picture_of(trace),
        policy=found.policy,
        rule=rule_of(found.policy, trace),
        unit=UNITS.get(trace.rule.measure, ""),
        zone=trace.tz.replace("_", " "),
        thresholds=_thresholds(found, zone),
        events=tuple(
            Dated(moment_in_full(event.at, zone), event_in_words(event, trace.rule.measure), _plain(event.reason))
            for event in found.events
        ),
    )


def rule_of(policy: Policy, trace: Trace) -> tuple[tuple[str, str], ...]:
    """Return what the rule says, for the staff: its name, what begins and ends it, what follows, and its versions."""
    rows = (
        ("Limit", amount_in_words(trace.rule.measure, trace.budget)),
        ("Begins with", policy.starts_on),
        ("Met by", policy.met_on),
        ("Counted by", f"{trace.calendar} calendar, version {trace.calendar_version}"),
        ("Policy pack", f"{policy.pack}, in force from {day_in_words(policy.effective_from)}"),
        ("Pause", _plain(", ".join(policy.pause_reasons)) or "Never"),
        ("Extension", extension_in_words(policy) or "None"),
        ("If it is missed", policy.consequence),
        ("Next level", policy.next_level),
        ("How sure we are", MARKS[policy.mark]),
    )
    return tuple((key, value) for key, value in rows if value)


def extension_in_words(policy: Policy) -> str:
    """Return how far a date may be moved, "" where it may not."""
    if not (extension := policy.extension):
        return ""
    measure = policy.rule.measure
    most = amount_in_words(measure, measure.units(extension.max_units))
    times = "once" if extension.max_count == 1 else f"{extension.max_count} times at most"
    return f"Up to {most} in all, {times}. {extension.notice}"


def _lines(trace: Trace, runs: Iterable[Run]) -> tuple[Line, ...]:
    with_year = len({step.on.year for step in trace.steps}) > 1
    return tuple(
        Line(
            dates=dates_in_words(run.first_on, run.last_on, with_year=with_year),
            what=run_in_words(run, trace),
            counted=count_in_words(trace.rule.measure, run.counted) if run.counted else "",
            left=count_in_words(trace.rule.measure, run.left),
            why=run.why.value,
        )
        for run in runs
    )


def _thresholds(found: Explanation, zone: ZoneInfo) -> tuple[Dated, ...]:
    return tuple(
        Dated(
            due_in_full(one.at, zone),
            "Due date" if one.is_due_date else "Warning",
            f"{', '.join(_plain(action) for action in one.actions) or 'nothing'} ({_told(found, one)})",
        )
        for one in found.thresholds
    )


def _told(found: Explanation, one: Reached) -> str:
    """Return whether what a threshold sets off has been set off, for the staff."""
    if one.has_fired:
        return "told"
    if found.face.state is State.RUNNING and one.at <= found.at:
        return "passed, about to be told"
    return "not told" if found.face.ended_at else "not yet told"


def _plain(code: str) -> str:
    """Return a code as words."""
    return code.replace("_", " ").replace(":", " ")
