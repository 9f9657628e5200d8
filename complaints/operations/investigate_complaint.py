"""Investigation (ISO 10002 7.6): notes, evidence with its provenance, findings."""

from datetime import date, datetime
from uuid import UUID

from complaints.enums import EvidenceSource, NoteKind
from complaints.models import Complaint, Evidence, Note
from complaints.operations._door import perform
from members.actors import Actor
from members.acts import Act, act


def write_note(*, actor: Actor, at: datetime, complaint_id: UUID, body: str) -> Note:
    """Add a colleague's note, which the member never sees."""
    with act(actor=actor, at=at) as this:
        note = _note(this, complaint_id, NoteKind.NOTE, body)
        perform("write_note", this=this, complaint_id=complaint_id, adds=note)
    return note


def add_evidence(
    *,
    actor: Actor,
    at: datetime,
    complaint_id: UUID,
    source: EvidenceSource,
    title: str,
    obtained_on: date,
    detail: str = "",
) -> Evidence:
    """Add a piece of evidence: what it is, where it comes from and since when we have it."""
    with act(actor=actor, at=at) as this:
        evidence = Evidence(
            complaint_id=complaint_id,
            source=source,
            title=title,
            detail=detail or None,
            obtained_on=obtained_on,
            added_by_id=actor.user_id,
            added_at=at,
        )
        perform("add_evidence", this=this, complaint_id=complaint_id, adds=evidence, detail={"source": source})
    return evidence


def complete_investigation(*, actor: Actor, at: datetime, complaint_id: UUID, findings: str) -> Complaint:
    """Finish the investigation with its findings."""
    with act(actor=actor, at=at) as this:
        return perform(
            "investigate",
            this=this,
            complaint_id=complaint_id,
            adds=_note(this, complaint_id, NoteKind.FINDING, findings),
        )


def _note(this: Act, complaint_id: UUID, kind: NoteKind, body: str) -> Note:
    return Note(
        complaint_id=complaint_id,
        kind=kind,
        body=body,
        author_id=this.actor.user_id,
        author_label=this.actor.label,
        written_at=this.at,
    )
