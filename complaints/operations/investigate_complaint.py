"""Investigation (ISO 10002 7.6): notes, evidence with its provenance, findings."""

from datetime import date, datetime
from uuid import UUID

from complaints.enums import EvidenceSource, NoteKind
from complaints.models import Complaint, Evidence, Note
from complaints.operations._door import lock_complaint, perform, written_before
from members.actors import Actor
from members.acts import Act, act
from members.identifiers import new_id


def write_note(*, actor: Actor, at: datetime, complaint_id: UUID, body: str, key: UUID | None = None) -> Note:
    """Add a colleague's note, which the member never sees. The same `key` twice is one note."""
    with act(actor=actor, at=at) as this:
        if before := written_before(Note, key, lock_complaint(this, complaint_id)):
            return before
        note = _note(this, complaint_id, NoteKind.NOTE, body, key)
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
    key: UUID | None = None,
) -> Evidence:
    """Add a piece of evidence: what it is, where it comes from, since when we have it. The same `key` is one piece."""
    with act(actor=actor, at=at) as this:
        if before := written_before(Evidence, key, lock_complaint(this, complaint_id)):
            return before
        evidence = Evidence(
            id=key or new_id(),
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


def complete_investigation(
    *, actor: Actor, at: datetime, complaint_id: UUID, findings: str, key: UUID | None = None
) -> Complaint:
    """Finish the investigation with its findings. The same `key` twice finishes it once."""
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if written_before(Note, key, complaint):
            return complaint
        note = _note(this, complaint_id, NoteKind.FINDING, findings, key)
        return perform("investigate", this=this, complaint_id=complaint_id, adds=note)


def _note(this: Act, complaint_id: UUID, kind: NoteKind, body: str, key: UUID | None) -> Note:
    return Note(
        id=key or new_id(),
        complaint_id=complaint_id,
        kind=kind,
        body=body,
        author_id=this.actor.user_id,
        author_label=this.actor.label,
        written_at=this.at,
    )
