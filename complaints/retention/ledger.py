"""The ledger of erasures outside of the database: without it, a restored backup would bring back what was erased.

One line for each erasure, added and never changed (`ledger_lines`). Whoever can write the file alone cannot have
anything erased. The file goes on from the table, always: one that is not there, or is an older copy, takes no line.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from uuid import UUID

from django.conf import settings

from complaints.retention.ledger_lines import line_of, read_line
from complaints.retention.models import Erasure

VARIABLE = "REDRESS_ERASURE_LEDGER"
LOST = "If it is lost, `manage.py retention --write-ledger` adds what the database knows."
"""True of a live database only: one that was just restored knows less than the file that was lost."""


class LedgerUnusable(OSError):
    """There is no ledger, or another one than the database goes by; `str()` is a sentence that says the cure."""


class LedgerFile:
    """The erasures that the file holds, unsaved, each complaint once; `broken` are the lines that are not ours."""

    def __init__(self) -> None:
        """Find the file. Raises LedgerUnusable."""
        self.path = ledger_path()
        self.broken: list[int] = []
        if not self.path.is_file():
            raise LedgerUnusable(_away(self.path))

    def trouble(self) -> str | None:
        """Tell in a sentence what is wrong with the file: the table knows an erasure that it lacks. Raises OSError."""
        newest = newest_erasure()
        with _held(make=False) as file:
            return _behind(newest) if newest and not _holds(file, newest) else None

    def __iter__(self) -> Iterator[Erasure]:
        """Give them in their order. Raises OSError."""
        known: set[UUID] = set()
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if (entry := read_line(line)) is None:
                    self.broken.append(number)
                elif entry.complaint_id not in known:
                    known.add(entry.complaint_id)
                    yield entry


def ledger_path() -> Path:
    """Return where the ledger is. Raises LedgerUnusable if nobody has said."""
    if not settings.ERASURE_LEDGER:
        raise LedgerUnusable(f"{VARIABLE} is not set. Let it name a file, away from database and backups.")
    return Path(settings.ERASURE_LEDGER)


def begin() -> None:
    """Make the ledger of a house that has erased nothing yet, so that from then on a missing one is a lost one."""
    if not ledger_path().exists() and newest_erasure() is None:
        with _held(make=True):
            pass


def append(entry: Erasure) -> None:
    """Add the line of a row just written, and wait until the disk has it.

    Raises OSError, LedgerUnusable if the file does not go on from the row before; then nothing may be erased.
    """
    before = newest_erasure(but=entry)
    with _held(make=before is None) as file:
        if before and not _holds(file, before):
            raise LedgerUnusable(f"{_behind(before)} {LOST}")
        _write(file, entry)


def newest_erasure(*, but: Erasure | None = None) -> Erasure | None:
    """Return the newest row of the table: keys are made in the order of time."""
    rows = Erasure.objects.exclude(pk=but.pk) if but else Erasure.objects.all()
    return rows.order_by("-pk").first()


def add_missing() -> int:
    """Add what the table knows and the file does not, for a ledger that was lost; return how many. Raises OSError."""
    path = ledger_path()
    known = {entry.pk for entry in LedgerFile()} if path.exists() else set()
    missing = Erasure.objects.exclude(pk__in=known).order_by("pk")
    with _held(make=True) as file:
        for entry in missing:
            _write(file, entry)
    return len(missing)


@contextmanager
def _held(*, make: bool) -> Iterator[int]:
    """Open the file for its owner alone, and keep others of this machine waiting. Raises LedgerUnusable, OSError."""
    path = ledger_path()
    if not make and not path.exists():
        raise LedgerUnusable(_away(path))
    file = os.open(path, os.O_RDWR | os.O_APPEND | (os.O_CREAT if make else 0), 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _write(file: int, entry: Erasure) -> None:
    size = os.fstat(file).st_size
    torn = size and os.pread(file, 1, size - 1) != b"\n"
    rest = (("\n" if torn else "") + line_of(entry) + "\n").encode()
    while rest:
        rest = rest[os.write(file, rest) :]
    os.fsync(file)


def _holds(file: int, entry: Erasure) -> bool:
    """Tell whether the file has the line of an erasure. It looks backward, so the newest is found at once."""
    if not os.fstat(file).st_size:
        return False
    with mmap(file, 0, access=ACCESS_READ) as content:
        place = content.rfind(f'"id": "{entry.pk}"'.encode())
        line = content[content.rfind(b"\n", 0, max(place, 0)) + 1 : content.find(b"\n", max(place, 0))]
    found = read_line(line.decode(errors="replace"))
    return found is not None and found.pk == entry.pk


def _away(path: Path) -> str:
    return f"{VARIABLE} names {path}, which is not there. Mount it, or put it back from where it is kept."


def _behind(entry: Erasure) -> str:
    return (
        f"{ledger_path()} does not hold the erasure of {entry.erased_at:%Y-%m-%d %H:%M} UTC: it is a new file or an"
        " older copy. Mount the right one, or put it back."
    )
