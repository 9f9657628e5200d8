"""One case, as those who work it see it: everything in one look, as plain data."""

from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import QuerySet

from complaints.correspondence.models import DispatchKind, Letter, LetterChannel, Message
from complaints.enums import (
    Channel,
    EvidenceSource,
    Level,
    LineOfBusiness,
    Outcome,
    Relationship,
    RemedyKind,
    TimelineCode,
    Track,
)
from complaints.models import AXES, Assessment, Complaint, Decision, Enclosure, Evidence, Note, TimelineEntry
from complaints.models.part import PartOfComplaint
from complaints.permissions import may_see
from complaints.queries.case_dates import CaseDates, dates_of
from complaints.queries.case_head import CaseHead, clocks_on_show, find_case, head_of
from complaints.queries.case_steps import SentLetter, Step, refusal, steps_of
from complaints.queries.case_thread import Happening, thread_of
from complaints.queries.enclosures import KeptFile
from complaints.queries.notices import NoticeRow, notices_on_show
from complaints.queries.reach import reach_of
from complaints.queries.tasks import TaskLine, tasks_on
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

BESIDE_THE_WAY = (
    "take",
    "write_note",
    "add_evidence",
    "record_address",
    "message",
    "send_notice",
    "share",
    "extend_date",
    "start_date",
    "meet_date",
    "wait_for_member",
    "stop_waiting",
    "restrict",
    "lift_restriction",
)
SENT_BY = MappingProxyType(
    {
        Relationship.SELF: "The member",
        Relationship.REPRESENTATIVE: "Somebody who acts for the member",
        Relationship.PROVIDER: "The member’s provider",
    }
)
Rows = tuple[dict[str, str], ...]
"""Keys with their values, as templates/ui/summary_list.html draws them; what is not known is left out."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One piece of evidence with its provenance."""

    title: str
    detail: str
    source: str
    obtained_on: date
    added_by: str


@dataclass(frozen=True, slots=True)
class DecisionOnShow:
    """What was decided and what it rests on."""

    outcome: str
    rationale: str
    evidence_reviewed: str
    remedy: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one complaint that is for the reader's role.

    `refusals` says of the acts beside the way why each is not possible now; `contact` is None where it is not for the
    role.
    """

    head: CaseHead
    narrative: str
    desired_outcome: str
    facts: Rows
    contact: Rows | None
    files: list[KeptFile]
    assessment: Rows
    evidence: tuple[EvidenceRow, ...]
    decision: DecisionOnShow | None
    letter: SentLetter | None
    notices: tuple[NoticeRow, ...]
    tasks: tuple[TaskLine, ...]
    dates: CaseDates
    thread: tuple[Happening, ...]
    steps: tuple[Step, ...]
    refusals: dict[str, str | None]

    @property
    def next_step(self) -> Step | None:
        """The first step that somebody has to do, and can do now."""
        return next((step for step in self.steps if step.act and not step.done_at and not step.by_itself), None)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a case, sealed: one query each."""

    messages: list[Message]
    notes: list[Note]
    entries: list[TimelineEntry]
    evidence: list[Evidence]
    assessment: Assessment | None
    decision: Decision | None
    letter: Letter | None
    notices: list[NoticeRow]


def read_case(*, actor: Actor, reference: str, at: datetime) -> Case | None:
    """Return a case with everything opened, None when it is not there for the actor: 15 queries and the record."""
    complaint = find_case(actor=actor, reference=reference)
    if complaint is None:
        return None
    clocks = clocks_on_show(complaint)
    tasks = tasks_on(complaint, actor=actor, at=at)
    rows = _rows_of(complaint, actor)
    letter = _sent_letter(rows)
    reach = reach_of(complaint, at=at)
    with phi_access(actor=actor, purpose=Purpose.CASE, at=at):
        head = head_of(complaint, clocks, actor=actor, at=at)
        return Case(
            head=head,
            narrative=complaint.narrative,
            desired_outcome=complaint.desired_outcome or "",
            facts=_facts(complaint),
            contact=_contact(complaint) if may_see(actor, "contact") else None,
            files=KeptFile.opened(_parts(Enclosure, complaint, actor)),
            assessment=_assessment(rows.assessment),
            evidence=tuple(_evidence(row) for row in rows.evidence),
            decision=_decision(rows.decision),
            letter=letter,
            notices=tuple(rows.notices),
            tasks=tasks,
            dates=dates_of(clocks, actor=actor, at=at),
            thread=thread_of(
                messages=rows.messages,
                notes=rows.notes,
                entries=rows.entries,
                complainant=head.name or "Complainant",
                clock_titles={clock.kind: clock.policy.title for clock in clocks},
            ),
            steps=steps_of(complaint, letter, actor, reach),
            refusals={act: refusal(complaint, act, actor, reach) for act in BESIDE_THE_WAY},
        )


def read_evidence(complaint: Complaint, *, actor: Actor, at: datetime) -> tuple[EvidenceRow, ...]:
    """Return what the decision can rest on: one query and the record of the opening."""
    rows = list(_evidence_of(complaint, actor))
    with phi_access(actor=actor, purpose=Purpose.CASE, at=at):
        return tuple(_evidence(row) for row in rows)


def _evidence_of(complaint: Complaint, actor: Actor) -> QuerySet[Evidence]:
    return _parts(Evidence, complaint, actor).select_related("added_by").order_by("added_at", "pk")


def _parts(model: type[PartOfComplaint], complaint: Complaint, actor: Actor) -> QuerySet:
    return model.objects.visible_to(actor).filter(complaint_id=complaint.pk)


def _rows_of(complaint: Complaint, actor: Actor) -> _Rows:
    return _Rows(
        messages=list(_parts(Message, complaint, actor)),
        notes=list(_parts(Note, complaint, actor)),
        entries=list(_parts(TimelineEntry, complaint, actor)),
        evidence=list(_evidence_of(complaint, actor)),
        assessment=_parts(Assessment, complaint, actor).order_by("-assessed_at", "-pk").first(),
        decision=_parts(Decision, complaint, actor).select_related("decided_by").first(),
        letter=_parts(Letter, complaint, actor).defer("content", "pdf").first(),
        notices=notices_on_show(complaint, actor),
    )


def _sent_letter(rows: _Rows) -> SentLetter | None:
    if rows.letter is None:
        return None
    of_notice = [entry for entry in rows.entries if entry.detail.get("kind") == DispatchKind.LETTER_READY]
    last = max(of_notice, key=lambda entry: entry.pk, default=None)  # it may have been tried again since it failed
    failed = last is not None and last.code == TimelineCode.SEND_FAILED
    return SentLetter(rows.letter.issued_at, LetterChannel(rows.letter.channel), failed)


def _facts(complaint: Complaint) -> Rows:
    happened_on = complaint.happened_on
    return _known(
        ("Channel", Channel(complaint.channel).label),
        ("Track", Track(complaint.track).label),
        ("It happened on", f"{happened_on:%B} {happened_on.day}, {happened_on.year}" if happened_on else ""),
        ("Waiting could do harm", "Yes, says the complainant" if complaint.harm_if_waiting else "No"),
        ("Line of business", LineOfBusiness(complaint.line_of_business).label),
        ("Sent by", SENT_BY[Relationship(complaint.relationship)]),
    )


def _contact(complaint: Complaint) -> Rows:
    return _known(
        ("Name", complaint.complainant_name),
        ("Member number", complaint.member_number),
        ("E-mail", complaint.complainant_email),
        ("Phone", complaint.complainant_phone),
        ("Address", complaint.postal_address),
    )


def _assessment(row: Assessment | None) -> Rows:
    if row is None:
        return ()
    return _known(
        *((axis.capitalize(), Level(getattr(row, axis)).label) for axis in AXES),
        ("Immediate action needed", "Yes" if row.immediate_action_needed else "No"),
        ("Immediate action possible", "Yes" if row.immediate_action_possible else "No"),
        ("Track", Track(row.track).label),
        ("Suggested was", Track(row.suggested_track).label if row.track != row.suggested_track else ""),
        ("Why another", row.override_reason),
    )


def _evidence(row: Evidence) -> EvidenceRow:
    """Return a piece of evidence, opened."""
    source = str(EvidenceSource(row.source).label)
    return EvidenceRow(row.title, row.detail or "", source, row.obtained_on, str(row.added_by or ""))


def _decision(row: Decision | None) -> DecisionOnShow | None:
    if row is None:
        return None
    return DecisionOnShow(
        outcome=str(Outcome(row.outcome).label),
        rationale=row.rationale,
        evidence_reviewed=row.evidence_reviewed,
        remedy=": ".join(filter(None, (str(RemedyKind(row.remedy_kind).label), row.remedy))),
        decided_by=str(row.decided_by or ""),
        decided_at=row.decided_at,
    )


def _known(*pairs: tuple[str, object]) -> Rows:
    return tuple({"key": key, "value": str(value)} for key, value in pairs if value)
