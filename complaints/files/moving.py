"""Files from before there was a store: out of the database, cleaned like new ones, into the store."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from complaints.enums import FileState
from complaints.files.cleaning import CleanFile, FileHarmful, taken
from complaints.files.kinds import FileRefused
from complaints.files.store import keep
from complaints.models import Enclosure
from members.actors import SYSTEM
from members.acts import act
from members.privacy.access import phi_access
from members.privacy.file_storage import object_name, sealed_files
from members.privacy.purposes import Purpose

REASON = "files move into the store, whosever they are"


def waiting() -> int:
    """Return how many files are still to be moved."""
    return _old().count()


def move_files(*, at: datetime) -> Iterator[None]:
    """Move one file after the other, each in a transaction of its own, and yield after each.

    Safe to kill and to repeat, and to run twice at once. What our parsers cannot read today was taken once and is kept
    as it is, for it may be evidence; what the virus check finds waits in quarantine. Raises OSError.
    """
    last = None
    while True:
        with act(actor=SYSTEM, at=at) as this, phi_access(actor=SYSTEM, purpose=Purpose.MOVE_FILES, at=at):
            rows = _old().select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("pk")
            row = (rows.filter(pk__gt=last) if last else rows).first()
            if row is None:
                return
            last = row.pk
            file = _as_new(row)
            sealed_files().delete(object_name(row.pk))  # what a run that was killed has left
            keep(row, file.content)
            this.change(
                row,
                content=None,
                key=row.key,
                digest=row.digest,
                size=row.size,
                name=file.name,
                media_type=file.media_type,
                preview=file.preview,
                state=file.state,
            )
            this.record("file.moved", object_type="enclosure", object_id=row.pk, matter_id=row.complaint_id)
        yield


def _as_new(row: Enclosure) -> CleanFile:
    content = bytes(row.content or b"")
    try:
        return taken(row.name, content)
    except FileHarmful:
        return CleanFile(row.name, row.media_type, content, None, FileState.CHECKING)
    except FileRefused:
        return CleanFile(row.name, row.media_type, content, None, FileState.KEPT)


def _old() -> QuerySet[Enclosure]:
    return Enclosure.objects.unscoped(REASON).filter(content__isnull=False)
