"""The files that came with a complaint, for those who work it."""

from datetime import datetime
from uuid import UUID

from complaints.files.store import OpenFile, open_file, open_preview
from complaints.models import Enclosure
from complaints.reference import read_reference
from members.actors import Actor
from members.privacy.purposes import Purpose


def case_file(*, actor: Actor, reference: str, enclosure_id: UUID, at: datetime) -> OpenFile | None:
    """Return a file of a case, opened; None when it is not there for this actor, or not served."""
    row = _row(actor, reference, enclosure_id)
    return open_file(row, actor=actor, purpose=Purpose.CASE, at=at) if row and row.is_served else None


def case_preview(*, actor: Actor, reference: str, enclosure_id: UUID, at: datetime) -> bytes | None:
    """Return the small picture of such a file; None when there is none."""
    row = _row(actor, reference, enclosure_id)
    return open_preview(row, actor=actor, purpose=Purpose.CASE, at=at) if row and row.is_served else None


def _row(actor: Actor, reference: str, enclosure_id: UUID) -> Enclosure | None:
    rows = Enclosure.objects.visible_to(actor.as_staff()).filter(complaint__reference=read_reference(reference))
    return rows.defer("content", "preview").filter(pk=enclosure_id).first()
