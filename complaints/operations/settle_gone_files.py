"""Files whose content was deleted while a backup was taken: the restored rows get what was decided of them then."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.enums import FileState
from complaints.models import Enclosure
from complaints.operations.recheck_files import remove_harmful
from members.actors import SYSTEM
from members.acts import act
from members.privacy.file_storage import object_name, stored_objects

REASON = "a restored house is put in order, whosever the files are"
SIGNATURE = "found while the backup was taken"


@dataclass(frozen=True, slots=True)
class Settled:
    """How many files are removed, as they were then; and those that nothing of ours deletes: they are lost."""

    removed: int
    lost: list[UUID]


def settle_gone_files(*, at: datetime) -> Settled:
    """Let the rows go whose content the restored store lacks.

    Three things delete an object, besides an erasure, which the ledger repeats. Somebody took the file out of a draft,
    or the draft ended: the row goes. The virus check found something in a file that waited for it: that is said again.
    A file that was kept with a complaint is lost, which the sweep reports.
    """
    rows = Enclosure.objects.unscoped(REASON).filter(pk__in=_without_content())
    with act(actor=SYSTEM, at=at) as this:
        of_drafts, _ = rows.filter(complaint=None).delete()
        if of_drafts:
            this.record("draft.file_removed", detail={"files": of_drafts})
    waiting = list(rows.filter(state=FileState.CHECKING).values_list("pk", flat=True))
    harmful = sum(remove_harmful(key, SIGNATURE, at=at) for key in waiting)
    lost = rows.filter(state=FileState.KEPT, digest__isnull=False).order_by("pk")
    return Settled(of_drafts + harmful, list(lost.values_list("pk", flat=True)))


def _without_content() -> list[UUID]:
    """Return the rows whose object is not in the store, though no sweep had missed it when the backup was taken."""
    there = {stored.name for stored in stored_objects()}
    rows = Enclosure.objects.unscoped(REASON).filter(digest__isnull=False, missing_at=None)
    return [key for key in rows.values_list("pk", flat=True) if object_name(key) not in there]
