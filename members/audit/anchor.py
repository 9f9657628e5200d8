"""The anchor: signed checkpoints written down outside of the database, so that who cuts the chain's end is found out.

A place is the path of a file, or `syslog:/dev/log` or `syslog:host:514`. It belongs on another machine, or in a log
server's keeping: whoever can rewrite both the database and the anchor leaves no trace. A file takes each checkpoint
once, one line each; a line that a crash cut short stands again below, whole. To syslog the newest ones may go twice.
"""

import fcntl
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from members.audit.continuation import Continuation, number_of, parse_anchored
from members.audit.models import Anchored, Checkpoint
from members.audit.statement import BEFORE_THE_FIRST, Signer, StatementBroken, digest

log = logging.getLogger(__name__)

SYSLOG = "syslog:"
NOTICE_FROM_AUTHPRIV = 10 * 8 + 5
AT_ONCE = 1000  # checkpoints
TAIL = 64 * 1024  # bytes; a line has less than one thousand

Lines = list[tuple[int, str]]


class AnchorRefused(Exception):
    """Nothing may be added to this place; `str()` says why."""


def anchor_all(places: list[str], *, at: datetime) -> None:
    """Bring every place up to date. One that cannot be written to is logged, and alarmed on by `audit.health`."""
    for place in places:
        try:
            if place.startswith(SYSLOG):
                _tell_syslog(place, at)
            else:
                _append_to_file(place, at)
        except (OSError, AnchorRefused) as error:
            log.error("The audit anchor %s is not up to date: %s", place, error)  # noqa: TRY400 -- the cause is said


def last_line(path: Path) -> str | None:
    """Return the newest whole line of an anchor file, None if it is empty or missing. Raises AnchorRefused, OSError."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        return _last_line(file.fileno())[0]


def continue_from(path: Path, number: int, *, signer: Signer, at: datetime) -> bool:
    """Let a file that knows more go on from this checkpoint, which the database was restored to; tell whether it did.

    A line is added, nothing is taken away: the former lines prove how much was lost. Raises AnchorRefused, OSError.
    """
    with _held(path) as file:
        last = _last_line(file)[0]
        newest = number_of(last) if last else 0
        if newest <= number:
            return False
        row = Checkpoint.objects.filter(number=number).first()
        follows = digest(row.statement) if row else BEFORE_THE_FIRST
        said = Continuation(number, newest, at, follows, signer.number, signer.public_key)
        _append(file, [(number, said.line(signer))])
    return True


def see_that_it_can_grow(path: Path) -> None:
    """Raise OSError if nothing can be added to this file, which is made if there is none."""
    with _held(path):
        pass


def _append_to_file(place: str, at: datetime) -> None:
    with _held(Path(place)) as file:
        last, is_torn = _last_line(file)
        _carry_on(place, last, at, lambda lines: _append(file, lines))
        if is_torn:
            log.warning("The last line of %s had been cut short; it stands again, whole", place)


def _tell_syslog(place: str, at: datetime) -> None:
    known = Anchored.objects.filter(place=place).first()
    before = Checkpoint.objects.filter(number=known.number).first() if known else None
    if known and not before:
        raise AnchorRefused(_ahead(known.number))
    _carry_on(place, before.line if before else None, at, lambda lines: _send(place.removeprefix(SYSLOG), lines))


def _carry_on(place: str, last: str | None, at: datetime, write: Callable[[Lines], None]) -> None:
    """Write down what comes after the last line, and remember how far this place is."""
    number = number_of(last) if last else 0
    _check_agreement(place, number, last, at)
    while rows := list(Checkpoint.objects.filter(number__gt=number).order_by("number")[:AT_ONCE]):
        write([(row.number, row.line) for row in rows])
        number = rows[-1].number
    if number:
        _remember(place, number, at)


def _check_agreement(place: str, number: int, last: str | None, at: datetime) -> None:
    if not number or not last:
        return
    row = Checkpoint.objects.filter(number=number).first()
    if row is None:
        _remember(place, number, at)
        raise AnchorRefused(_ahead(number))
    said = parse_anchored(last)
    agrees = digest(row.statement) == said.follows if isinstance(said, Continuation) else row.line == last
    if not agrees:
        raise AnchorRefused(f"checkpoint {number} there is another than in the database: run manage.py verify_audit")


def _ahead(number: int) -> str:
    return f"it knows checkpoint {number}, which the database has not: run manage.py verify_audit"


def _remember(place: str, number: int, at: datetime) -> None:
    Anchored.objects.bulk_create(
        [Anchored(place=place, number=number, at=at)],
        update_conflicts=True,
        unique_fields=("place",),
        update_fields=("number", "at"),
    )


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """Open a file for appending, for its owner alone, and keep other sealers of this machine waiting."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _last_line(file: int) -> tuple[str | None, bool]:
    """Return the newest whole line, and whether something that was cut short stands behind it."""
    size = os.fstat(file).st_size
    start = max(0, size - TAIL)
    *whole, rest = os.pread(file, size - start, start).decode(errors="replace").split("\n")
    for line in reversed(whole):
        try:
            parse_anchored(line)
        except StatementBroken:
            continue
        return line, bool(rest)
    if whole:
        raise AnchorRefused("its last lines are no checkpoints: look who wrote to it")
    return None, bool(rest)


def _append(file: int, lines: Lines) -> None:
    """Add lines and wait until the disk has them."""
    size = os.fstat(file).st_size
    torn = size and os.pread(file, 1, size - 1) != b"\n"
    data = ("\n" if torn else "") + "".join(f"{line}\n" for _, line in lines)
    rest = data.encode()
    while rest:
        rest = rest[os.write(file, rest) :]
    os.fsync(file)


def _send(address: str, lines: Lines) -> None:
    host, _, port = address.rpartition(":")
    kind, target = (
        (socket.AF_UNIX, address) if address.startswith("/") else (socket.AF_INET, (host or address, int(port or 514)))
    )
    with socket.socket(kind, socket.SOCK_DGRAM) as sending:
        sending.connect(target)
        for _, line in lines:
            sending.send(f"<{NOTICE_FROM_AUTHPRIV}>redress-audit: {line}".encode())
