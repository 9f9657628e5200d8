"""Complaints for tests, brought by the real operations to where a test needs them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from complaints.correspondence.letters import LETTER_LANGUAGE
from complaints.correspondence.models import LetterChannel
from complaints.correspondence.rendering import LetterContent, LetterSection
from complaints.enums import EvidenceSource, Level, Outcome, RemedyKind
from complaints.models import Complaint
from complaints.operations import (
    Axes,
    Statement,
    add_evidence,
    assess_complaint,
    close_complaint,
    complete_investigation,
    inform_member,
    issue_decision,
    issue_letter,
    submit_complaint,
    take_complaint,
    write_note,
)
from members.actors import GUEST, SYSTEM, Actor
from members.models import Member
from members.privacy.access import phi_access
from tests.people import actor_of, member, member_account

AT = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)
"""A Monday, 11 in the morning where the insurer is."""
ORDINARY = Axes(*[Level.LOW] * 4, immediate_action_needed=False, immediate_action_possible=False)
DANGEROUS = Axes(*[Level.HIGH] * 4, immediate_action_needed=True, immediate_action_possible=True)
LETTER = LetterContent(
    title="Our decision about your complaint",
    reference="C-26-7KQ4-M2XD",
    dated="June 1, 2026",
    recipient=("Joseph K",),
    salutation="Dear Joseph K:",
    sections=(LetterSection("What we decided", ("We agree with your complaint.",)),),
    next_level=LetterSection("If you do not agree", ("You can appeal.",)),
    closing="Sincerely,",
    signed_by=("Ana Lee",),
    insurer="Meridian",
    phone="1-800-555-0100",
    language=LETTER_LANGUAGE,
)


@dataclass(frozen=True)
class Insured:
    """A member with an account, and the actor who is signed in with it."""

    member: Member
    actor: Actor


def insured(name: str = "Joseph K") -> Insured:
    """Return a member who can sign in."""
    person = member(name=name)
    return Insured(person, actor_of(member_account(person=person)))


def received(*, at: datetime = AT, by: Insured | None = None, **words) -> Complaint:
    """Return a complaint that has just come in, from a guest unless somebody complains."""
    words = {
        "narrative": "My claim was denied.",
        "name": "Joseph K",
        "email": "joseph@example.org",
        "postal_address": "1 Elm Street\nHartford, CT 06103",
    } | words
    statement = Statement(**words, member_id=by and by.member.pk)
    return submit_complaint(actor=by.actor if by else GUEST, at=at, statement=statement)


def taken(actor: Actor, *, at: datetime = AT, **kwargs) -> Complaint:
    """Return a complaint that somebody has."""
    row = received(at=at, **kwargs)
    return take_complaint(actor=actor, at=at, complaint_id=row.pk)


def assessed(actor: Actor, *, at: datetime = AT, axes: Axes = ORDINARY, **kwargs) -> Complaint:
    """Return an assessed complaint."""
    row = taken(actor, at=at, **kwargs)
    return assess_complaint(actor=actor, at=at, complaint_id=row.pk, axes=axes)


def investigated(actor: Actor, *, at: datetime = AT, **kwargs) -> Complaint:
    """Return a complaint with a note, a piece of evidence and findings."""
    row = assessed(actor, at=at, **kwargs)
    told = {"actor": actor, "at": at, "complaint_id": row.pk}
    write_note(**told, body="Asked for the call.")
    add_evidence(**told, source=EvidenceSource.CALL_RECORDING, title="Call of March 3", obtained_on=date(2026, 3, 3))
    return complete_investigation(**told, findings="The approval was never entered.")


def decided(actor: Actor, *, at: datetime = AT, outcome: Outcome = Outcome.UPHELD, **kwargs) -> Complaint:
    """Return a decided complaint."""
    row = investigated(actor, at=at, **kwargs)
    decide(actor, row.pk, at=at, outcome=outcome)
    return now(row)


def decide(actor: Actor, complaint_id: UUID, *, at: datetime = AT, **words):
    """Decide a complaint."""
    words = {
        "outcome": Outcome.UPHELD,
        "rationale": "We said yes before the scan.",
        "evidence_reviewed": "Call of March 3\nClaim 88-1042",
        "remedy_kind": RemedyKind.CLAIM_PAID,
        "remedy": "We pay the claim by July 1.",
    } | words
    return issue_decision(actor=actor, at=at, complaint_id=complaint_id, **words)


def lettered(actor: Actor, *, at: datetime = AT, channel: LetterChannel = LetterChannel.POST, **kwargs) -> Complaint:
    """Return a complaint whose letter is issued."""
    row = decided(actor, at=at, **kwargs)
    issue_letter(actor=actor, at=at, complaint_id=row.pk, content=LETTER, channel=channel)
    return now(row)


def closed(actor: Actor, *, at: datetime = AT, **kwargs) -> Complaint:
    """Return a closed complaint."""
    row = lettered(actor, at=at, **kwargs)
    inform_member(actor=actor, at=at, complaint_id=row.pk, proof="post")
    return close_complaint(actor=actor, at=at, complaint_id=row.pk)


def now(row: Complaint) -> Complaint:
    """Return the complaint as it is in the database."""
    return Complaint.objects.unscoped("a test looks at it").get(pk=row.pk)


def all_of(model, row: Complaint | None = None) -> list:
    """Return the rows of a scoped model, of one complaint if it is given."""
    rows = model.objects.unscoped("a test looks at them")
    return list((rows.filter(complaint_id=row.pk) if row else rows.all()).order_by("pk"))


def opened(row, name: str):
    """Return what is sealed in a row."""
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        return getattr(row, name)
