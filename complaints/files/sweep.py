"""Store and rows against each other: what has no row goes in the end, and what has lost its content is reported."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from complaints.enums import FileState
from complaints.models import Enclosure, StoreSweep
from members.actors import SYSTEM
from members.acts import act
from members.privacy.file_storage import FOLDER_SIGNS, object_name, sealed_files, stored_folders

REASON = "the store is compared with every row, whosever it is"
GRACE = timedelta(hours=1)
"""So long an object may be without its row: it is written first, and the row may be on its way."""
SAFE_AGE = timedelta(days=30)
"""Nothing younger is deleted. Nobody can read an object without its row, which holds its key, so that its waiting costs
room alone; and a database that was put back to an earlier moment may yet be given its later rows again."""
FEW, SHARE = 10, 0.001
"""Crashes leave an object now and then. More than so few, and than this share of all, are no crash: it is another
database than the store's, or an earlier state of it, and all that lies between would be deleted."""
LOOKED_AT = 1_000
"""Of so many objects without a row, the oldest, the age is asked for in one sweep: a bucket takes a call for each."""
HEX_SIGNS = 32
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many objects without a row were deleted and how many still lie there, and how many rows are without theirs.

    `is_withheld`: nothing was deleted, for there are too many, or the database is behind its audit trail.
    """

    deleted: int
    without_row: int
    missing: int
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class _Store:
    """What lies there: all objects, how many have no row and are not on their way to it, and which of those may go."""

    objects: int
    without_row: int
    old: list[str]


def sweep(*, at: datetime, is_behind: bool = False, however_many: bool = False) -> Swept:
    """Compare everything. Safe to repeat, to kill, and to run twice at once. Raises OSError if the store is away.

    `is_behind`: the anchor of the audit trail knows more than this database. `however_many`: somebody has looked, and
    what is old enough goes all the same.
    """
    store = _look(at)
    too_many = store.without_row > max(FEW, store.objects * SHARE)
    is_withheld = bool(store.without_row) and (is_behind or too_many) and not however_many
    deleted = 0 if is_withheld else _delete(store.old, at=at)
    missing = Enclosure.objects.unscoped(REASON).filter(missing_at__isnull=False).count()
    swept = Swept(deleted, store.without_row - deleted, missing, is_withheld)
    found = {"at": at, "objects_found": store.objects, "without_row": swept.without_row, "is_withheld": is_withheld}
    StoreSweep.objects.update_or_create(pk=1, defaults=found)
    if missing:
        logger.error("%d files are not in the store; see enclosure.missing_at, and restore them from a backup", missing)
    if is_withheld:
        told = "%d of %d objects in the store have no row, so none is deleted: is this its own database, as of now?"
        logger.error(told, swept.without_row, store.objects)
    return swept


def _look(at: datetime) -> _Store:
    objects, without_row, names = 0, 0, list[str]()
    for folder in sorted({*stored_folders(), *_folders_of_rows()}):
        there = _names(folder)
        strays = sorted(there - _mark_rows(folder, there, at=at))
        objects, without_row = objects + len(there), without_row + len(strays)
        names += strays[: LOOKED_AT - len(names)]
    ages = {name: at - written for name in names if (written := _written_at(name))}
    settled = {name: age for name, age in ages.items() if age > GRACE}
    old = [name for name, age in settled.items() if age > SAFE_AGE]
    return _Store(objects, without_row - len(names) + len(settled), old)


def _mark_rows(folder: str, names: set[str], *, at: datetime) -> set[str]:
    """Mark the rows of one folder whose object is gone, or back; return which objects they all should have."""
    # Rows are read after the names: what comes meanwhile looks like a row without its object, and is asked for singly.
    rows = {object_name(pk): pk for pk in _rows_of(folder).values_list("pk", flat=True)}
    gone = [pk for name, pk in rows.items() if name not in names and not sealed_files().exists(name)]
    marked = _rows_of(folder)
    marked.filter(missing_at__isnull=False).exclude(pk__in=gone).update(missing_at=None)
    marked.filter(missing_at__isnull=True, pk__in=gone).update(missing_at=at)
    return set(rows)


def _names(folder: str) -> set[str]:
    try:
        return {f"{folder}/{name}" for name in sealed_files().listdir(folder)[1]}
    except FileNotFoundError:
        return set()


def _written_at(name: str) -> datetime | None:
    try:
        return sealed_files().get_modified_time(name)
    except FileNotFoundError:
        return None


def _delete(names: list[str], *, at: datetime) -> int:
    """Delete objects, each with a line in the log, all with one event."""
    for name in names:
        logger.warning("%s has had no row for longer than %d days and is deleted", name, SAFE_AGE.days)
        with suppress(FileNotFoundError):
            sealed_files().delete(name)
    if names:
        with act(actor=SYSTEM, at=at) as this:
            this.record("store.swept", detail={"objects": len(names)})
    return len(names)


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
