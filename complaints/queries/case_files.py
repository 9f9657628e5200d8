"""The files that came with a complaint, whole."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.models import Enclosure
from complaints.queries.case_head import PURPOSE
from complaints.reference import read_reference
from members.actors import Actor
from members.privacy.access import phi_access


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file as it was sent to us."""

    name: str
    media_type: str
    content: bytes


def case_file(*, actor: Actor, reference: str, enclosure_id: UUID, at: datetime) -> CaseFile | None:
    """Return a file of a case, None when it is not there for this actor."""
    rows = Enclosure.objects.visible_to(actor.as_staff()).filter(complaint__reference=read_reference(reference))
    row = rows.filter(pk=enclosure_id).first()
    if row is None:
        return None
    with phi_access(actor=actor, purpose=PURPOSE, matter_id=row.complaint_id, at=at):
        return CaseFile(row.name, row.media_type, row.content)
