"""The letters about dates that a member was sent, whole."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import TO_MEMBER, Notice
from complaints.correspondence.rendering import LetterContent
from complaints.queries.member_cases import own_complaints
from complaints.queries.notices import Document, document_of
from complaints.queries.own_reading import let_read
from complaints.reference import read_reference
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """A letter to the member about the date of the answer."""

    id: UUID
    content: LetterContent


def own_notice(*, actor: Actor, reference: str, notice_id: UUID, now: datetime) -> OwnNotice | None:
    """Return a letter about one of the member's own complaints, None before it is sent."""
    row = _own(actor, reference, notice_id, without="file")
    if row is None or not let_read(row.complaint, [row], actor=actor, at=now):
        return None
    with phi_access(actor=actor, purpose=Purpose.OWN_COMPLAINT, at=now):
        return OwnNotice(row.pk, LetterContent.restored(row.content))


def own_notice_document(*, actor: Actor, reference: str, notice_id: UUID, now: datetime) -> Document | None:
    """Return such a letter as the PDF that went out."""
    row = _own(actor, reference, notice_id, without="content")
    if row is None or not let_read(row.complaint, [row], actor=actor, at=now):
        return None
    with phi_access(actor=actor, purpose=Purpose.OWN_COMPLAINT, at=now):
        return document_of(row, reference)


def _own(actor: Actor, reference: str, notice_id: UUID, *, without: str) -> Notice | None:
    rows = Notice.objects.visible_to(actor).filter(complaint__in=own_complaints(actor), kind__in=TO_MEMBER)
    rows = rows.filter(complaint__reference=read_reference(reference), sent_at__isnull=False)
    return rows.filter(pk=notice_id).select_related("complaint").defer(without).first()
