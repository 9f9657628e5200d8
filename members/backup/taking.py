"""Taking a backup: database, files and the audit anchor as of one moment, sealed, whole or not at all."""

import fcntl
import os
from collections import ChainMap
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from members.backup.anchor_copy import anchored_up_to
from members.backup.manifest import Opening, Part
from members.backup.refusals import BackupRefused
from members.backup.signals import taking
from members.backup.snapshot import kept_columns, rows_out, sequences, snapshot
from members.backup.stream import entry, sealed
from members.privacy.file_storage import StoredObject, stored_objects
from members.privacy.keyring import header_of, keyring
from members.privacy.models import INDEX_KEY
from members.privacy.sealed_tables import is_under, sealed_tables

ENDING = ".backup"
PARTIAL = ".part"
KEYS = "SELECT number, check_value FROM privacy_sealingkey WHERE destroyed_at IS NULL ORDER BY number"
APPLIED = "SELECT app, name FROM django_migrations ORDER BY id"
NEWEST = "SELECT coalesce(max(number), 0) FROM audit_checkpoint"


def take_backup(to: Path, *, at: datetime, anchors: list[str], progress: Callable[[int], object] = int) -> Path:
    """Write a backup to a file that is not there yet, or into a folder under the moment's name; return the file.

    `progress` is told of bytes. Whatever interrupts it leaves no file that looks like a backup. Raises BackupRefused,
    OSError, KeyringUnusable, DatabaseError.
    """
    place = to / f"redress-{at:%Y%m%dT%H%M%SZ}{ENDING}" if to.is_dir() else to
    with _whole(place) as file:
        for piece in sealed(_contents(at, anchors)):
            file.write(piece)
            progress(len(piece))
    return place


def _contents(at: datetime, anchors: list[str]) -> Iterator[bytes]:
    parts: dict[str, Part] = {}
    with snapshot() as cursor:
        opening = _opening(cursor, at)
        yield from entry(opening.told())
        # Files are listed after the snapshot began: each that it names was written before. Later ones do no harm.
        part = parts["files"] = Part()
        for stored in stored_objects():
            with suppress(FileNotFoundError):  # deleted meanwhile: a restore settles the row, which is in the snapshot
                yield from _file(stored, part)
        for table, columns in opening.columns.items():
            part = parts[f"table {table}"] = Part()
            yield from entry({"entry": "table", "table": table}, map(part.add, rows_out(cursor, table, columns)))
            part.count = cursor.rowcount
        part = parts["anchor"] = Part()
        yield from entry({"entry": "anchor"}, _counted(part, anchored_up_to(opening.checkpoint, anchors)))
    told = {name: part.told() for name, part in parts.items()}
    yield from entry({"entry": "end", "parts": told})


def _opening(cursor: Any, at: datetime) -> Opening:
    migrations = cursor.execute(APPLIED).fetchall()
    return Opening(
        taken_at=at,
        server=cursor.execute("SHOW server_version").fetchone()[0],
        migrations=migrations,
        keys=_keys(cursor),
        columns=kept_columns(cursor),
        sequences=sequences(cursor),
        checkpoint=cursor.execute(NEWEST).fetchone()[0],
        noted=_noted(cursor),
    )


def _noted(cursor: Any) -> dict[str, Any]:
    """Return what others want to know before a restore."""
    told: list[Any] = [answer for _, answer in taking.send(sender=take_backup, cursor=cursor)]
    return dict(ChainMap(*told))


def _keys(cursor: Any) -> dict[int, str]:
    """Return the keys without which something of this backup would not open."""
    ring = keyring()
    return {
        number: bytes(value or b"").hex()
        for number, value in cursor.execute(KEYS).fetchall()
        if number in {INDEX_KEY, ring.primary} or (number in ring.numbers and _is_used(cursor, number))
    }


def _is_used(cursor: Any, number: int) -> bool:
    """Tell whether a value of this backup is under a key: asked of its snapshot, beside which keys may be rotated."""
    return any(
        cursor.execute(is_under(table, column), [header_of(number)]).fetchone()[0]
        for table in sealed_tables()
        for column in table.columns
    )


def _file(stored: StoredObject, part: Part) -> Iterator[bytes]:
    content = b"".join(stored.pieces())
    part.count += 1
    part.add(stored.name.encode())
    yield from entry({"entry": "file", "name": stored.name}, [part.add(content)])


def _counted(part: Part, lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        part.count += 1
        yield part.add(line)


@contextmanager
def _whole(place: Path) -> Iterator[BinaryIO]:
    """Give a file for its owner alone that gets its name when all of it is on the disk."""
    if place.exists():
        raise BackupRefused(f"{place} is there already, and a backup overwrites nothing. Name another file.")
    _remove_leftovers(place.parent)
    partial = place.with_name(f".{place.name}.{uuid4().hex}{PARTIAL}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
            partial.rename(place)
        folder = os.open(place.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _remove_leftovers(folder: Path) -> None:
    """Remove what runs left that were killed with -9: nobody holds it."""
    for partial in folder.glob(f".*{ENDING}.*{PARTIAL}"):
        with suppress(OSError), partial.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()
