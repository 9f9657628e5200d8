"""The ledger of erasures outside of the database: without it, a restored backup would bring back what was erased.

One line for each erasure, added and never changed: what the row holds as JSON, and its mark, which only who has the
keyring's key of indexes can make. Whoever can write the file alone cannot have anything erased.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from complaints.retention.models import Erasure
from members.privacy.blind_index import blind_index

MARK, REFERENCE = "retention.erasure.line", "retention.erasure.reference"
log = logging.getLogger(__name__)


def reference_digest(reference: str) -> bytes:
    """Return by what the line of a reference is found."""
    return blind_index(REFERENCE, reference)


def append(entry: Erasure) -> None:
    """Add a line and wait until the disk has it. Raises OSError, and then nothing may be erased."""
    path = Path(settings.ERASURE_LEDGER)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(file).st_size
        torn = size and os.pread(file, 1, size - 1) != b"\n"
        rest = (("\n" if torn else "") + line_of(entry) + "\n").encode()
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)


def entries() -> Iterator[Erasure]:
    """Give what the file holds, unsaved, each complaint once. A line that is not ours is logged. Raises OSError."""
    path, known = Path(settings.ERASURE_LEDGER), set()
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if (entry := read_line(line)) is None:
                log.error("Line %d of the erasure ledger %s is not what was written there", number, path)
            elif entry.complaint_id not in known:
                known.add(entry.complaint_id)
                yield entry


def line_of(entry: Erasure) -> str:
    """Return the line of an erasure, without its end."""
    told = json.dumps(_told(entry), sort_keys=True)
    return f"{told}\t{blind_index(MARK, told).hex()}"


def read_line(line: str) -> Erasure | None:
    """Return the erasure of a line, None if the line is cut short or not ours."""
    told, _tab, mark = line.rstrip("\n").rpartition("\t")
    if not told or blind_index(MARK, told).hex() != mark:
        return None
    row = json.loads(told)
    keys = {name: UUID(row[name]) for name in ("id", "complaint_id", "list_id", "asked_by", "confirmed_by")}
    return Erasure(
        **keys,
        reference_digest=bytes.fromhex(row["reference_digest"]),
        rule=row["rule"],
        erased_at=datetime.fromisoformat(row["erased_at"]),
        counts=row["counts"],
    )


def _told(entry: Erasure) -> dict[str, Any]:
    keys = ("id", "complaint_id", "list_id", "asked_by", "confirmed_by", "rule")
    return {name: str(getattr(entry, name)) for name in keys} | {
        "reference_digest": bytes(entry.reference_digest).hex(),
        "erased_at": entry.erased_at.isoformat(),
        "counts": entry.counts,
    }
