"""A member's letters and files, whole."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Letter
from complaints.correspondence.rendering import LetterContent
from complaints.files.store import OpenFile, open_file, open_preview
from complaints.models import Enclosure
from complaints.queries.member_cases import own_complaints
from complaints.queries.own_reading import let_read
from complaints.reference import read_reference
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """A decision letter exactly as it went out."""

    reference: str
    content: LetterContent
    pdf: bytes


def own_letter(*, actor: Actor, now: datetime, reference: str) -> OwnLetter | None:
    """Return the letter of one of the member's own complaints, or None before it is sent."""
    rows = Letter.objects.visible_to(actor).filter(complaint__in=own_complaints(actor)).select_related("complaint")
    letter = rows.filter(complaint__reference=read_reference(reference)).first()
    if letter is None or not let_read(letter.complaint, [letter], actor=actor, at=now):
        return None
    with phi_access(actor=actor, purpose=Purpose.OWN_COMPLAINT, at=now):
        content = LetterContent.restored(letter.content)
        return OwnLetter(content.reference, content, letter.pdf)


def own_file(*, actor: Actor, now: datetime, reference: str, enclosure_id: UUID) -> OpenFile | None:
    """Return a file of one of the member's own complaints, opened; None when it is not there, or not served."""
    row = _own_row(actor, now, reference, enclosure_id)
    return open_file(row, actor=actor, purpose=Purpose.OWN_COMPLAINT, at=now) if row else None


def own_preview(*, actor: Actor, now: datetime, reference: str, enclosure_id: UUID) -> bytes | None:
    """Return the small picture of such a file; None when there is none."""
    row = _own_row(actor, now, reference, enclosure_id)
    return open_preview(row, actor=actor, purpose=Purpose.OWN_COMPLAINT, at=now) if row else None


def _own_row(actor: Actor, now: datetime, reference: str, enclosure_id: UUID) -> Enclosure | None:
    """Return a file that is served, once it may be read."""
    rows = Enclosure.objects.visible_to(actor).filter(complaint__in=own_complaints(actor))
    rows = rows.filter(complaint__reference=read_reference(reference), pk=enclosure_id).select_related("complaint")
    row = rows.defer("content", "preview").first()
    if row is None or row.complaint is None or not row.is_served:
        return None
    return row if let_read(row.complaint, [row], actor=actor, at=now) else None
