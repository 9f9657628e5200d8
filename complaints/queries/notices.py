"""What a missed or moved date has brought about, as a case and its member see it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import TO_MEMBER, Dispatch, LetterChannel, Notice, NoticeKind
from complaints.correspondence.rendering import LetterContent, render_letter_pdf
from complaints.models import Complaint
from complaints.permissions import may_see
from complaints.reference import read_reference
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One letter, notice or file on a case. `way` says how it leaves, `by_hand` that somebody has to see to it.

    `may_read`: it is for the reader's role.
    """

    id: UUID
    title: str
    addressee: str
    clause: str
    made_at: datetime
    sent_at: datetime | None
    way: str
    by_hand: bool
    may_read: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A notice whole, to be saved."""

    name: str
    media_type: str
    content: bytes


def notices_on_show(complaint: Complaint, actor: Actor) -> list[NoticeRow]:
    """Return what was made for a case, newest first, without opening it: one query, two where a letter waits."""
    rows = list(
        Notice.objects.visible_to(actor).filter(complaint_id=complaint.pk).defer("content", "file").order_by("-made_at")
    )
    waiting = [f"notice:{row.pk}" for row in rows if row.channel == LetterChannel.PORTAL and not row.sent_at]
    lost = Dispatch.objects.filter(dedupe_key__in=waiting, failed_at__isnull=False)
    failed = set(lost.values_list("dedupe_key", flat=True)) if waiting else set()
    return [_row(row, actor, has_failed=f"notice:{row.pk}" in failed) for row in rows]


def _row(row: Notice, actor: Actor, *, has_failed: bool) -> NoticeRow:
    goes_online = row.channel == LetterChannel.PORTAL and not has_failed
    if row.kind not in TO_MEMBER:
        way = "Pass it on to them"
    else:
        way = "Online; the e-mail that tells of it is on its way" if goes_online else "Print it and post it"
    return NoticeRow(
        id=row.pk,
        title=NoticeKind(row.kind).label,
        addressee="the member" if row.kind in TO_MEMBER else row.addressee,
        clause=row.clause,
        made_at=row.made_at,
        sent_at=row.sent_at,
        way=way,
        by_hand=not row.sent_at and not goes_online,
        may_read=_is_for(actor, row),
    )


def notice_document(*, actor: Actor, reference: str, notice_id: UUID, at: datetime) -> Document | None:
    """Return a notice of a case, whole, None when it is not there for this actor; the opening is recorded.

    Whose role does not see addresses gets a letter to the member drawn anew without; what goes to a body is not there.
    """
    rows = Notice.objects.visible_to(actor.as_staff()).filter(complaint__reference=read_reference(reference))
    row = rows.filter(pk=notice_id).first()
    if row is None or not _is_for(actor, row):
        return None
    purpose = Purpose.REVIEW_FILE if row.kind == NoticeKind.EXTERNAL_REVIEW_FILE else Purpose.CASE
    with phi_access(actor=actor, purpose=purpose, at=at):
        if may_see(actor, "contact"):
            return document_of(row, reference)
        letter = LetterContent.restored(row.content).without_address()
        return Document(_name_of(row, reference), row.media_type, render_letter_pdf(letter))


def _is_for(actor: Actor, row: Notice) -> bool:
    """Tell whether the actor's role may see it: what goes to a body names the member's number, or holds letters."""
    return row.kind in TO_MEMBER or may_see(actor, "contact")


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """A letter about the date of the answer, as the member's page names it."""

    id: UUID
    sent_at: datetime


def notices_told(complaint: Complaint, actor: Actor) -> list[ToldNotice]:
    """Return the letters about dates that the member was sent, newest first: one query, and nothing opens."""
    rows = Notice.objects.visible_to(actor).filter(complaint_id=complaint.pk, kind__in=TO_MEMBER, sent_at__isnull=False)
    return [ToldNotice(*row) for row in rows.order_by("-sent_at").values_list("pk", "sent_at")]


def document_of(row: Notice, reference: str) -> Document:
    """Return the document itself; it opens, so call it inside `phi_access`."""
    return Document(_name_of(row, reference), row.media_type, bytes(row.file))


def _name_of(row: Notice, reference: str) -> str:
    ending = "pdf" if row.media_type == "application/pdf" else "zip"
    return f"{read_reference(reference)}-{row.kind.replace('_', '-')}.{ending}"
