"""What somebody reads who looks for the root cause of a complaint."""

from dataclasses import dataclass
from datetime import date, datetime

from complaints.capa.causes import label
from complaints.capa.dates import house_date
from complaints.capa.models import RootCause
from complaints.capa.queries.cases import CaseLine, cases_with_references
from complaints.models import Complaint, Decision
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


@dataclass(frozen=True, slots=True)
class RecordedCause:
    """One cause that is recorded, opened for reading."""

    label: str
    source_label: str
    explanation: str
    recorded_on: date


@dataclass(frozen=True, slots=True)
class CausePage:
    """A complaint, its words, what was decided and why, and the causes recorded so far."""

    case: CaseLine
    narrative: str
    rationale: str
    causes: list[RecordedCause]


def read_causes(*, actor: Actor, at: datetime, reference: str) -> CausePage | None:
    """Open a complaint to find its cause; None when there is none that the actor may see. Writes down what was read."""
    if not (lines := cases_with_references(actor=actor, references=[reference])):
        return None
    case = lines[0]
    words = Complaint.objects.visible_to(actor).only("pk", "narrative").get(pk=case.id)
    decisions = Decision.objects.visible_to(actor).filter(complaint_id=case.id)
    decision = decisions.only("pk", "complaint_id", "rationale").first()
    recorded = list(RootCause.objects.visible_to(actor).filter(complaint_id=case.id).order_by("recorded_at", "cause"))
    with phi_access(actor=actor, purpose=Purpose.ROOT_CAUSE, at=at):
        return CausePage(
            case=case,
            narrative=words.narrative,
            rationale=decision.rationale if decision else "",
            causes=[
                RecordedCause(label(row.cause), row.source_label, row.explanation or "", house_date(row.recorded_at))
                for row in recorded
            ],
        )
