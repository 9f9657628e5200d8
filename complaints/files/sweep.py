"""Store and rows against each other: what has no row goes, and what has lost its content is reported."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from complaints.enums import FileState
from complaints.models import Enclosure
from members.privacy.file_storage import FOLDER_SIGNS, object_name, sealed_files, stored_folders

REASON = "the store is compared with every row, whosever it is"
GRACE = timedelta(hours=1)
"""So long an object may be without its row: it is written first, and the row may be on its way."""
HEX_SIGNS = 32
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many objects without a row were deleted, and how many rows are without their object now."""

    orphans: int
    missing: int


def sweep(*, at: datetime) -> Swept:
    """Compare everything. Safe to repeat, to kill, and to run twice at once. Raises OSError if the store is away."""
    stored = stored_folders()
    orphans = sum(_sweep_folder(folder, at=at) for folder in sorted({*stored, *_folders_of_rows()}))
    missing = Enclosure.objects.unscoped(REASON).filter(missing_at__isnull=False).count()
    if missing:
        logger.error("%d files are not in the store; see enclosure.missing_at, and restore them from a backup", missing)
    return Swept(orphans, missing)


def _sweep_folder(folder: str, *, at: datetime) -> int:
    """Mark the rows of one folder whose object is gone, or back; return how many objects without a row were deleted."""
    # Rows are read after the names: what comes meanwhile looks like a row without its object, and is asked for singly.
    names = _names(folder)
    rows = {object_name(pk): pk for pk in _rows_of(folder).values_list("pk", flat=True)}
    gone = [pk for name, pk in rows.items() if name not in names and not sealed_files().exists(name)]
    marked = _rows_of(folder)
    marked.filter(missing_at__isnull=False).exclude(pk__in=gone).update(missing_at=None)
    marked.filter(missing_at__isnull=True, pk__in=gone).update(missing_at=at)
    return _delete_old(names - rows.keys(), at=at)


def _names(folder: str) -> set[str]:
    try:
        return {f"{folder}/{name}" for name in sealed_files().listdir(folder)[1]}
    except FileNotFoundError:
        return set()


def _delete_old(names: Iterable[str], *, at: datetime) -> int:
    deleted = 0
    for name in names:
        try:
            if sealed_files().get_modified_time(name) < at - GRACE:
                sealed_files().delete(name)
                deleted += 1
        except FileNotFoundError:
            continue
    return deleted


def _folders_of_rows() -> list[str]:
    """Return every folder between the oldest and the newest row: each is three days."""
    keys = _kept().order_by("pk").values_list("pk", flat=True)
    if (oldest := keys.first()) is None or (newest := keys.last()) is None:
        return []
    first, last = (int(key.hex[:FOLDER_SIGNS], 16) for key in (oldest, newest))
    return [f"{number:0{FOLDER_SIGNS}x}" for number in range(first, last + 1)]


def _rows_of(folder: str) -> QuerySet[Enclosure]:
    try:
        ends = [UUID(folder.ljust(HEX_SIGNS, sign)) for sign in "0f"]
    except ValueError:
        return _kept().none()
    return _kept().filter(pk__range=ends)


def _kept() -> QuerySet[Enclosure]:
    return Enclosure.objects.unscoped(REASON).filter(digest__isnull=False).exclude(state=FileState.REMOVED)
