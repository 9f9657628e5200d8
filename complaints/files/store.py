"""The content of enclosures: into the store under a key of its own, and out of it in proven pieces."""

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import chain
from uuid import UUID

from django.db import transaction

from complaints.files.names import name_as
from complaints.models import Enclosure
from members.actors import Actor
from members.privacy.access import note_broken, note_opening, phi_access
from members.privacy.file_storage import object_name, put_object, sealed_files
from members.privacy.file_stream import new_file_key, open_stream, seal_stream
from members.privacy.keyring import SealBroken
from members.privacy.purposes import Purpose

TABLE, COLUMN = Enclosure._meta.db_table, "file"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that was opened, for one reading. `size` is in bytes; a stream that gives fewer was cut off."""

    name: str
    media_type: str
    size: int
    pieces: Iterator[bytes]


def keep(enclosure: Enclosure, content: bytes) -> None:
    """Put the content of a row that is about to be written into the store. Raises OSError, and then nothing is kept.

    Should the row never be written, the sweep takes the object away.
    """
    key = new_file_key()
    sealed = b"".join(seal_stream(content, key=key, bound_to=_bound_to(enclosure)))
    put_object(object_name(enclosure.pk), sealed)
    enclosure.key, enclosure.size, enclosure.digest = key, len(content), sha256(sealed).digest()


def open_file(row: Enclosure, *, actor: Actor, purpose: Purpose, at: datetime) -> OpenFile:
    """Return a file that is served, with its opening on record and its first piece proven.

    Raises SealBroken if it does not open, which is on record too; so may the pieces, for what was altered further on.
    """
    with phi_access(actor=actor, purpose=purpose, at=at):
        name = name_as(row.name, row.media_type)
        pieces = _proven(row, bytes(row.key or b""), actor=actor, purpose=purpose, at=at)
        return OpenFile(name, row.media_type, row.size, chain([next(pieces)], pieces))


def open_preview(row: Enclosure, *, actor: Actor, purpose: Purpose, at: datetime) -> bytes | None:
    """Return the small picture of a file, with its opening on record; None if it has none. Raises SealBroken."""
    with phi_access(actor=actor, purpose=purpose, at=at):
        return bytes(found) if (found := row.preview) else None


def read_whole(row: Enclosure) -> bytes:
    """Return the whole content, inside `phi_access`. Raises SealBroken, OSError."""
    with sealed_files().open(object_name(row.pk)) as file:
        return b"".join(open_stream(file.read, key=bytes(row.key or b""), bound_to=_bound_to(row)))


def delete_stored(file_ids: Iterable[UUID]) -> None:
    """Delete these enclosures' content for good, once the transaction that deletes or empties their rows has ended.

    What the store cannot delete now has no row any more, so the sweep does.
    """
    for name in [object_name(file_id) for file_id in file_ids]:
        transaction.on_commit(partial(_delete, name))


def told_by_system(error: OSError) -> str:
    """Return why a store failed, in the system's words for the error's number; without one, see the traceback."""
    return os.strerror(error.errno) if error.errno else "see the error below"


def _proven(row: Enclosure, key: bytes, *, actor: Actor, purpose: Purpose, at: datetime) -> Iterator[bytes]:
    try:
        with sealed_files().open(object_name(row.pk)) as file:
            yield from open_stream(file.read, key=key, bound_to=_bound_to(row))
    except (SealBroken, OSError) as error:
        with phi_access(actor=actor, purpose=purpose, at=at):
            note_opening(row, COLUMN)
            note_broken(row, COLUMN)
        raise SealBroken(str(error)) from error


def _delete(name: str) -> None:
    try:
        sealed_files().delete(name)
    except OSError as error:
        cause = told_by_system(error)
        logger.exception("The store did not delete %s; the sweep tries again: %s", name, cause)


def _bound_to(row: Enclosure) -> bytes:
    """Return what ties the content to its row, whose draft becomes a complaint meanwhile."""
    return f"{TABLE}|{COLUMN}|{row.pk}".encode()
