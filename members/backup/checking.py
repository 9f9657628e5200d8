"""Reading a backup to its end without restoring it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.db.migrations.loader import MigrationLoader

from members.backup.manifest import FORM, Opening, Part
from members.backup.refusals import BackupBroken, BackupRefused
from members.backup.stream import Entries, Head, opened
from members.privacy.keyring import keyring
from members.privacy.models import INDEX_KEY

PARTS = {"file": "files", "anchor": "anchor"}
Entry = tuple[Head, Iterator[bytes]]


@contextmanager
def entries_of(path: Path, progress: Callable[[int], object] = int) -> Iterator[tuple[Opening, Iterator[Entry]]]:
    """Give what a backup says at its beginning, and the entries after that. `progress` is told of bytes.

    Raises BackupBroken, BackupRefused, KeyringUnusable, OSError; so may reading the entries.
    """
    with path.open("rb") as file:

        def read(size: int) -> bytes:
            piece = file.read(size)
            progress(len(piece))
            return piece

        entries = iter(Entries(opened(read)))
        head, content = next(entries, ({}, iter(())))
        if head.get("entry") != "opening" or head.get("form") != FORM or next(content, b""):
            raise BackupBroken("The backup begins as no backup does that this release knows.")
        yield Opening.read(head), entries


class Checked(NamedTuple):
    """What a backup that is whole says of itself, and the lines of the anchor that it holds."""

    opening: Opening
    parts: dict[str, dict[str, Any]]
    anchor: bytes


def check_backup(path: Path, *, progress: Callable[[int], object] = int) -> Checked:
    """Read all of it, and return what it says, having proven it. Raises as `entries_of` does."""
    with entries_of(path, progress) as (opening, entries):
        parts: dict[str, Part] = {}
        anchor = b""
        for head, content in entries:
            if head["entry"] == "end":
                if next(content, b"") or next(entries, None):
                    raise BackupBroken("The backup goes on after its end.")
                return Checked(opening, _agreed(parts, head["parts"]), anchor)
            if head["entry"] == "anchor":
                anchor = b"".join(content)
            _add(parts, head, iter([anchor]) if head["entry"] == "anchor" else content)
    raise BackupBroken("The backup has no end: whoever wrote it was stopped.")


def faults_of_keys(opening: Opening) -> list[str]:
    """Return a sentence for each key that the ring lacks, or has another one of. Raises KeyringUnusable."""
    return [fault for number, value in opening.keys.items() if (fault := _fault(number, value))]


def unknown_migrations(opening: Opening) -> list[str]:
    """Return the migrations that this release does not have: the backup is of a newer one."""
    known = MigrationLoader(None).disk_migrations
    return [f"{app}.{name}" for app, name in opening.migrations if (app, name) not in known]


def see_that_it_can_be_restored(opening: Opening) -> None:
    """Raise BackupRefused if this ring or this release cannot do with the backup."""
    if faults := faults_of_keys(opening):
        raise BackupRefused(" ".join(faults))
    if unknown := unknown_migrations(opening):
        raise BackupRefused(
            f"The backup was made by a newer release: {unknown[-1]} is not known here. Install that release first."
        )


def _fault(number: int, value: str) -> str | None:
    if number == INDEX_KEY:
        if value in {"", keyring().check_value(None).hex()}:
            return None
        return "The ring's key of blind indexes is another than the backup was made with. Put the ring of it back."
    ring = keyring(having=number)
    if number not in ring.numbers:
        return (
            f"What is in the backup is sealed under key {number}, which the ring lacks: key {number} must come back"
            " from a backup of the ring."
        )
    if value in {"", ring.check_value(number).hex()}:
        return None
    return f"Key {number} of the ring is another than key {number} of the backup. Put the ring of the backup back."


def _add(parts: dict[str, Part], head: Head, content: Iterator[bytes]) -> None:
    """Count one entry as whoever wrote it did."""
    kind = head["entry"]
    part = parts.setdefault(f"table {head['table']}" if kind == "table" else PARTS[kind], Part())
    if kind == "file":
        part.count += 1
        part.add(head["name"].encode())
    for piece in content:
        part.add(piece)


def _agreed(parts: dict[str, Part], told: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for name, part in told.items():
        found = parts.get(name, Part()).told()
        if found["sha256"] != part["sha256"] or (name == "files" and found["count"] != part["count"]):
            raise BackupBroken(f"The backup's {name} are not what was written there.")
    return told
