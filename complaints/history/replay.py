"""One historical record through the operations of a live complaint, at the times its source tells of."""

from uuid import UUID

from complaints.capa.operations import record_root_cause
from complaints.enums import Outcome, RemedyKind
from complaints.history.records import Record
from complaints.history.sources import Meaning, Source
from complaints.models import Complaint, Recovery, SourceRecord
from complaints.operations import (
    Statement,
    close_complaint,
    inform_member,
    issue_decision,
    submit_complaint,
    withdraw_complaint,
)
from members.actors import importer
from members.acts import Act, act

NOT_RECORDED = "Not recorded by the source."


def replay(*, record: Record, source: Source, meaning: Meaning) -> Complaint:
    """Receive, decide, tell and close a complaint as its source did, or withdraw it.

    What the source does not tell is not made up: there is no acknowledgement (closing cancels its clock), no
    assessment, no investigation and no owner, and the narrative and the rationale say that they are not recorded.
    Refused, it leaves nothing behind. Raises TransitionRefused, PolicyMissing, HorizonPassed.
    """
    actor = importer(source.title)
    closed_at = source.closing(record.closed_on)
    with act(actor=actor, at=closed_at) as this:
        complaint = submit_complaint(
            actor=actor,
            at=source.opening(record.opened_on),
            statement=Statement(narrative=NOT_RECORDED, topic=meaning.topic, line_of_business=meaning.line_of_business),
            channel=source.channel,
        )
        _keep_record(this, complaint.pk, source.name, record)
        if meaning.outcome is None:
            withdraw_complaint(actor=actor, at=closed_at, complaint_id=complaint.pk)
        else:
            _decide(this, complaint.pk, meaning.outcome, meaning.remedy)
        for cause, label in meaning.causes:
            record_root_cause(actor=actor, at=closed_at, complaint_id=complaint.pk, cause=cause, source_label=label)
    return complaint


def _decide(this: Act, complaint_id: UUID, outcome: Outcome, remedy: RemedyKind) -> None:
    who_and_when = {"actor": this.actor, "at": this.at, "complaint_id": complaint_id}
    issue_decision(
        **who_and_when,
        outcome=outcome,
        rationale=NOT_RECORDED,
        evidence_reviewed=NOT_RECORDED,
        remedy_kind=remedy,
    )
    inform_member(**who_and_when, proof="source")
    close_complaint(**who_and_when)


def _keep_record(this: Act, complaint_id: UUID, source: str, record: Record) -> None:
    """Keep all that the source tells, and its money as rows: one a company, where there was any."""
    this.add(SourceRecord(complaint_id=complaint_id, source=source, key=record.key, labels=record.facts))
    for company, amount in record.recoveries.items():
        if amount:
            this.add(Recovery(complaint_id=complaint_id, company=company, amount=amount))
