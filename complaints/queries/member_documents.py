"""A member's letters and files, whole."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Letter
from complaints.correspondence.rendering import LetterContent
from complaints.models import Enclosure
from complaints.queries.member_cases import PURPOSE, own_complaints
from complaints.reference import read_reference
from members.actors import Actor
from members.privacy.access import phi_access


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """A decision letter exactly as it went out."""

    reference: str
    content: LetterContent
    pdf: bytes


def own_letter(*, actor: Actor, now: datetime, reference: str) -> OwnLetter | None:
    """Return the letter of one of the member's own complaints, or None before it is sent."""
    rows = Letter.objects.visible_to(actor).filter(complaint__in=own_complaints(actor))
    letter = rows.filter(complaint__reference=read_reference(reference)).first()
    if letter is None:
        return None
    with phi_access(actor=actor, purpose=PURPOSE, matter_id=letter.complaint_id, at=now):
        content = LetterContent.restored(letter.content)
        return OwnLetter(content.reference, content, letter.pdf)


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that the member sent us."""

    name: str
    media_type: str
    content: bytes


def own_file(*, actor: Actor, now: datetime, reference: str, enclosure_id: UUID) -> OwnFile | None:
    """Return a file of one of the member's own complaints, or None."""
    rows = Enclosure.objects.visible_to(actor).filter(complaint__in=own_complaints(actor))
    row = rows.filter(complaint__reference=read_reference(reference), pk=enclosure_id).first()
    if row is None:
        return None
    with phi_access(actor=actor, purpose=PURPOSE, matter_id=row.complaint_id, at=now):
        return OwnFile(row.name, row.media_type, row.content)
