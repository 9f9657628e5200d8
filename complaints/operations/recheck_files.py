"""Files in quarantine: checked again until the virus check answers, then released or removed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from complaints.correspondence.models import Direction, DispatchKind, Message
from complaints.correspondence.operations import request_dispatch
from complaints.enums import FileState, TimelineCode
from complaints.files.clamd import Verdict, check
from complaints.files.store import delete_stored, read_whole
from complaints.models import Complaint, Enclosure
from complaints.operations._disclosing import disclose_to_filer
from complaints.operations._door import lock_complaint, note_fact
from complaints.queries.reach import reach_of, writing_refusal
from complaints.search.index import index_text
from members.actors import SYSTEM
from members.acts import Act, act
from members.disclosures.vocabulary import Way
from members.identifiers import id_for
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

REASON = "files wait for the virus check, whosever they are"


@dataclass(frozen=True, slots=True)
class Rechecked:
    """How many files were released, and how many removed; `waiting` are still to be checked."""

    released: int
    removed: int
    waiting: int


def recheck_files(*, at: datetime) -> Rechecked:
    """Check what waits, oldest first, each file in an act of its own; stop when the check gives no verdict.

    Without a virus check set up nothing has to wait for one. Raises SealBroken, OSError.
    """
    rows = Enclosure.objects.unscoped(REASON).filter(state=FileState.CHECKING, digest__isnull=False)
    waiting = list(rows.order_by("added_at", "pk").values_list("pk", flat=True))
    released = removed = 0
    for enclosure_id in waiting:
        with phi_access(actor=SYSTEM, purpose=Purpose.VIRUS_CHECK, at=at):
            row = rows.filter(pk=enclosure_id).first()
            content = read_whole(row) if row else None
        if content is None:
            continue
        found = check(content)
        if found.verdict is Verdict.UNKNOWN:
            break
        is_harmful = found.verdict is Verdict.HARMFUL
        done = remove_harmful(enclosure_id, found.signature, at=at) if is_harmful else _release(enclosure_id, at=at)
        removed += done and is_harmful
        released += done and not is_harmful
    return Rechecked(released, removed, len(waiting) - released - removed)


def remove_harmful(enclosure_id: UUID, signature: str, *, at: datetime) -> bool:
    """Remove a file in which `signature` was found, and say so; tell whether it still waited."""
    with act(actor=SYSTEM, at=at) as this:
        row = _locked(this, enclosure_id)
        if row is None:
            return False
        this.change(row, state=FileState.REMOVED, content=None, key=None, digest=None, preview=None)
        delete_stored([row.pk])
        detail = {"signature": signature}
        this.record(
            "file.removed", matter_id=row.complaint_id, object_type="enclosure", object_id=row.pk, detail=detail
        )
        if row.complaint_id:
            _tell(this, row)
    return True


def _release(enclosure_id: UUID, *, at: datetime) -> bool:
    """Let a file be opened in which nothing was found; tell whether it still waited."""
    with act(actor=SYSTEM, at=at) as this:
        row = _locked(this, enclosure_id)
        if row is None:
            return False
        this.change(row, state=FileState.KEPT)
        this.record("file.released", matter_id=row.complaint_id, object_type="enclosure", object_id=row.pk)
    return True


def _locked(this: Act, enclosure_id: UUID) -> Enclosure | None:
    """Return the row, locked after its complaint, if it still waits."""
    waits = Enclosure.objects.unscoped(REASON).filter(pk=enclosure_id, state=FileState.CHECKING)
    complaint_id = waits.values_list("complaint_id", flat=True).first()
    if complaint_id:
        lock_complaint(this, complaint_id)
    try:
        row = this.lock(Enclosure, enclosure_id)
    except Enclosure.DoesNotExist:
        return None
    return row if row.state == FileState.CHECKING else None


def _tell(this: Act, row: Enclosure) -> None:
    """Put it on the timeline, and write to whoever can read it here."""
    complaint = this.lock(Complaint, row.complaint_id)
    note_fact(this, complaint, TimelineCode.FILE_REMOVED, {"enclosure_id": str(row.pk)})
    if writing_refusal(reach_of(complaint, at=this.at)):
        return
    with translation.override(complaint.language), phi_access(actor=SYSTEM, purpose=Purpose.VIRUS_CHECK, at=this.at):
        body = _(
            "We removed your file “%(name)s”: our virus check found something harmful in it. Do you still need us to"
            " see it? Make the file new, for example by taking a photo of the paper, and tell us here."
        ) % {"name": row.name}
    message = Message(
        id=id_for(row.pk, "removed"),
        complaint_id=complaint.pk,
        direction=Direction.TO_MEMBER,
        body=body,
        author_label=SYSTEM.label,
        sent_at=this.at,
    )
    this.add(message)
    disclose_to_filer(this, complaint, message, way=Way.PORTAL)
    index_text(this, message)
    request_dispatch(this=this, matter_id=complaint.pk, kind=DispatchKind.MESSAGE_READY, key=f"message:{message.pk}")
