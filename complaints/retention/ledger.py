"""The ledger of erasures outside of the database: without it, a restored backup would bring back what was erased.

One line for each erasure, added and never changed (`ledger_lines`). Whoever can write the file alone cannot have
anything erased, nor take a line out unnoticed; only a lost end shows in no file, but by what a database knows. The file
goes on from the table, always: one that is not there, or is an older copy, takes no line.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from operator import attrgetter
from pathlib import Path
from uuid import UUID

from django.conf import settings

from complaints.retention.known import Known
from complaints.retention.ledger_lines import Line, line_of, read_line
from complaints.retention.models import Erasure

VARIABLE = "REDRESS_ERASURE_LEDGER"
LOST = "If it is lost, `manage.py retention --write-ledger` adds what the database knows."
"""True of a live database only: one that was just restored knows less than the file that was lost."""


class LedgerUnusable(OSError):
    """There is no ledger, or another one than the database goes by; `str()` is a sentence that says the cure."""


class LedgerFile:
    """The erasures that the file holds, unsaved, each complaint once; it was read through when it was made.

    `keys` are of all lines, `missing` of those that a line names and no line holds, `broken` the numbers of lines that
    are not ours, and `newest` is the last erasure.
    """

    def __init__(self) -> None:
        """Find the file and read it. Raises LedgerUnusable, OSError."""
        self.path = ledger_path()
        if not self.path.is_file():
            raise LedgerUnusable(_away(self.path))
        self.broken: list[int] = []
        self.keys: set[UUID] = set()
        self.newest: Erasure | None = None
        named: set[UUID | None] = set()
        for number, line in self._lines():
            if line is None:
                self.broken.append(number)
                continue
            self.keys.add(line.entry.pk)
            named.add(line.after)
            self.newest = max(self.newest or line.entry, line.entry, key=attrgetter("erased_at"))
        self.missing = named - self.keys - {None}

    def trouble(self, known: Known) -> str | None:
        """Tell in a sentence what the file lacks of what a database knows, or of what itself has held."""
        if known.newest and UUID(known.newest) not in self.keys:
            return _behind(known.erased_at)
        if self.missing or len(self.keys) < known.count:
            return f"{self.path} lacks an erasure that it held: a line was taken out. Put back the right one."
        return None

    def __iter__(self) -> Iterator[Erasure]:
        """Give them in their order. Raises OSError."""
        known: set[UUID] = set()
        for _number, line in self._lines():
            if line and line.entry.complaint_id not in known:
                known.add(line.entry.complaint_id)
                yield line.entry

    def _lines(self) -> Iterator[tuple[int, Line | None]]:
        with self.path.open(encoding="utf-8", errors="replace") as file:
            yield from enumerate(map(read_line, file), 1)


def ledger_path() -> Path:
    """Return where the ledger is. Raises LedgerUnusable if nobody has said."""
    if not settings.ERASURE_LEDGER:
        raise LedgerUnusable(f"{VARIABLE} is not set. Let it name a file, away from database and backups.")
    return Path(settings.ERASURE_LEDGER)


def begin() -> None:
    """Make the ledger of a house that has erased nothing yet, so that from then on a missing one is a lost one."""
    if not ledger_path().exists() and not Erasure.objects.exists():
        with _held(make=True):
            pass


def is_behind() -> bool:
    """Tell whether the file lacks what the table knows, by newest and number alone: often asked. Raises OSError."""
    known = Known.now()
    with _held(make=False) as file, _mapped(file) as content:
        lines = content[:].count(b"\n")
        return bool(known.count) and (lines < known.count or not _holds(file, known.newest))


def append(entry: Erasure) -> None:
    """Add the line of a row just written, and wait until the disk has it.

    Raises OSError, LedgerUnusable if the file does not go on from the row before; then nothing may be erased.
    """
    before = _newest(but=entry)
    with _held(make=before is None) as file:
        if before and not _holds(file, str(before.pk)):
            raise LedgerUnusable(f"{_behind(f'{before.erased_at:%Y-%m-%d %H:%M}')} {LOST}")
        _write(file, entry)


def add_missing() -> int:
    """Add what the table knows and the file does not, for a ledger that was lost; return how many. Raises OSError."""
    path = ledger_path()
    missing = Erasure.objects.exclude(pk__in=LedgerFile().keys if path.exists() else ()).order_by("pk")
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
    rest = (("\n" if torn else "") + line_of(entry, after=_last(file)) + "\n").encode()
    while rest:
        rest = rest[os.write(file, rest) :]
    os.fsync(file)


@contextmanager
def _mapped(file: int) -> Iterator[mmap | bytes]:
    """Give what the file holds; an empty one cannot be mapped."""
    if not os.fstat(file).st_size:
        yield b""
        return
    with mmap(file, 0, access=ACCESS_READ) as content:
        yield content


def _last(file: int) -> UUID | None:
    """Return the key of the last line that is ours: a crash may have left a torn one behind it."""
    with _mapped(file) as content:
        end = len(content)
        while end > 0:
            start = content.rfind(b"\n", 0, end) + 1
            if line := read_line(content[start:end].decode(errors="replace")):
                return line.entry.pk
            end = start - 1
    return None


def _holds(file: int, key: str) -> bool:
    """Tell whether the file has the line of an erasure. It looks backward, so the newest is found at once."""
    with _mapped(file) as content:
        place = content.rfind(f'"id": "{key}"'.encode())
        line = content[content.rfind(b"\n", 0, max(place, 0)) + 1 : content.find(b"\n", max(place, 0))]
    found = read_line(line.decode(errors="replace"))
    return found is not None and str(found.entry.pk) == key


def _newest(*, but: Erasure) -> Erasure | None:
    return Erasure.objects.exclude(pk=but.pk).order_by("-pk").first()


def _away(path: Path) -> str:
    return f"{VARIABLE} names {path}, which is not there. Mount it, or put it back from where it is kept."


def _behind(erased_at: str) -> str:
    return (
        f"{ledger_path()} does not hold the erasure of {erased_at} UTC: it is a new file or an older copy. Mount the"
        " right one, or put it back."
    )
