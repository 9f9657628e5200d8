"""What is on record about a complaint, as headed sections for a reader outside. Sealed words open in `phi_access`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from complaints.correspondence.models import Direction, Letter, Message, Notice, NoticeKind
from complaints.correspondence.rendering import LetterSection
from complaints.enums import (
    Channel,
    EvidenceSource,
    FileState,
    LineOfBusiness,
    Outcome,
    RemedyKind,
    TimelineCode,
    Topic,
    Track,
)
from complaints.models import Assessment, Complaint, Decision, Enclosure, Evidence, TimelineEntry
from complaints.models.part import PartOfComplaint
from complaints.promises import due_in_full
from members.accounts.models import User
from members.actors import Role
from members.dates import day_in_words, moment_in_words
from slas.explanations import explain_clock
from slas.models import Clock, ClockState
from slas.trace import Step, Why

REASON = "what the external reviewer is to see"
NOTHING = ("None on record.",)
COUNTED = {
    Why.COUNTED: "counted",
    Why.BEFORE_COUNT: "before the count begins",
    Why.CLOSED_DAY: "closed day",
    Why.HOLIDAY: "holiday",
    Why.CLOSED_HOURS: "closed hours",
    Why.PAUSE: "paused",
    Why.EXTENSION: "extended",
}


def statement(complaint: Complaint, _at: datetime) -> list[LetterSection]:
    """Return what the complainant told, and the facts of receipt."""
    facts = (
        ("Received", _moment(complaint.received_at)),
        ("Channel", Channel(complaint.channel).label),
        ("Topic", Topic(complaint.topic).label),
        ("Line of business", LineOfBusiness(complaint.line_of_business).label),
        ("Track", Track(complaint.track).label),
        ("It happened on", day_in_words(complaint.happened_on)),
        ("Complainant", complaint.complainant_name),
        ("Member number", complaint.member_number),
        ("Waiting could do harm", "yes, says the complainant" if complaint.harm_if_waiting else "no"),
    )
    files = [f"{row.name} ({_kind(row)})" for row in _rows(Enclosure, complaint)]
    return [
        LetterSection("Facts", items=_lines(facts)),
        LetterSection("In the complainant’s words", _paragraphs(complaint.narrative)),
        LetterSection("What would make it right", _paragraphs(complaint.desired_outcome or "") or NOTHING),
        LetterSection("Enclosures", items=tuple(files) or NOTHING),
    ]


def _kind(file: Enclosure) -> str:
    """Return what a file is, or why it is not beside this record."""
    if file.is_served:
        return file.media_type
    return "removed: a virus was found" if file.state == FileState.REMOVED else "not enclosed: still being checked"


def correspondence(complaint: Complaint, _at: datetime) -> list[LetterSection]:
    """Return letters and notices with their dates, and the messages word for word."""
    letters = [("Decision letter", row.issued_at, row.sent_at) for row in _rows(Letter, complaint)]
    letters += [(NoticeKind(row.kind).label, row.made_at, row.sent_at) for row in _rows(Notice, complaint)]
    messages = [
        LetterSection(f"{_writer(row)}, {_moment(row.sent_at)}", _paragraphs(row.body))
        for row in _rows(Message, complaint)
    ]
    written = tuple(f"{name}: {_issued(made_at, sent_at)}" for name, made_at, sent_at in letters)
    return [LetterSection("Letters and notices", items=written or NOTHING), *messages]


def evidence(complaint: Complaint, _at: datetime) -> list[LetterSection]:
    """Return each piece of evidence with its provenance."""
    found = [
        LetterSection(
            row.title,
            _paragraphs(row.detail or ""),
            (f"Source: {EvidenceSource(row.source).label}", f"Obtained: {day_in_words(row.obtained_on)}"),
        )
        for row in _rows(Evidence, complaint)
    ]
    return found or [LetterSection("Evidence", items=NOTHING)]


def decision(complaint: Complaint, _at: datetime) -> list[LetterSection]:
    """Return what was decided, why, by whom, and what rests on it."""
    rows = _rows(Decision, complaint)
    if not rows:
        return [LetterSection("Decision", ("No decision was made.",))]
    row = rows[0]
    return [
        LetterSection("Decision", items=(f"{Outcome(row.outcome).label}, {_moment(row.decided_at)}", _decider(row))),
        LetterSection("Why", _paragraphs(row.rationale)),
        LetterSection("Evidence reviewed", items=tuple(row.evidence_reviewed.splitlines())),
        LetterSection("Remedy", (str(RemedyKind(row.remedy_kind).label), *_paragraphs(row.remedy or ""))),
    ]


def timeline(complaint: Complaint, _at: datetime) -> list[LetterSection]:
    """Return everything that happened, oldest first, with the assessments that chose the limits."""
    entries = sorted(_rows(TimelineEntry, complaint), key=lambda row: row.at)
    happened = tuple(f"{_moment(row.at)}: {TimelineCode(row.code).label} ({row.actor_label})" for row in entries)
    assessed = tuple(
        f"{_moment(row.assessed_at)}: {Track(row.track).label} track; severity {row.severity}, safety {row.safety}, "
        f"complexity {row.complexity}, impact {row.impact}"
        for row in _rows(Assessment, complaint)
    )
    return [LetterSection("What happened", items=happened), LetterSection("Assessments", items=assessed or NOTHING)]


def clocks(complaint: Complaint, at: datetime) -> list[LetterSection]:
    """Return each date that was owed, with its rule, its verdict, and how it was counted."""
    rows = Clock.objects.filter(matter_id=complaint.pk).select_related("policy").order_by("due_at")
    return [_clock(row, at) for row in rows]


def _clock(row: Clock, at: datetime) -> LetterSection:
    explained = explain_clock(row, at=at)
    zone = ZoneInfo(explained.trace.tz)
    facts = (
        ("Rule", row.policy.clause),
        ("Began", _moment(row.started_at, zone)),
        ("Due", due_in_full(row.due_at, zone)),
        ("Ended", _moment(row.ended_at, zone)),
        ("Verdict", "missed" if row.is_breached(at) else str(ClockState(row.state).label).lower()),
    )
    return LetterSection(row.policy.title, items=(*_lines(facts), *_counted(explained.on_show.steps)))


def _counted(steps: Iterable[Step]) -> Iterator[str]:
    """Yield how the days were counted, those in a row that count alike in one line."""
    for (why, holiday), run in groupby(steps, key=lambda step: (step.why, step.holiday)):
        days = list(dict.fromkeys(step.on for step in run))
        span = day_in_words(days[0]) + (f" to {day_in_words(days[-1])}" if len(days) > 1 else "")
        yield f"{span}: {holiday or COUNTED[why]}"


def _decider(row: Decision) -> str:
    """Return who decided, with the roles the person holds: the file's qualifications."""
    if row.decided_by_id is None:
        return "Decided by: not recorded"
    roles = User.objects.with_standing().get(pk=row.decided_by_id).role_names
    return f"Decided by: {row.decided_by}, {', '.join(sorted(str(Role(role).label) for role in roles))}"


def _writer(row: Message) -> str:
    return row.author_label if row.direction == Direction.TO_MEMBER else "The member"


def _issued(made_at: datetime, sent_at: datetime | None) -> str:
    return f"written {_moment(made_at)}; " + (f"sent {_moment(sent_at)}" if sent_at else "not sent yet")


def _moment(at: datetime | None, zone: ZoneInfo | None = None) -> str:
    return moment_in_words(at and at.astimezone(zone or ZoneInfo(settings.HOUSE_TIME_ZONE)))


def _lines(pairs: tuple[tuple[str, Any], ...]) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in pairs if value)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


def _rows(model: type[PartOfComplaint], complaint: Complaint) -> list:
    return list(model.objects.unscoped(REASON).filter(complaint_id=complaint.pk).order_by("pk"))
