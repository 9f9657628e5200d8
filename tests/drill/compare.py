"""Hold two backups against each other, row by row: `python -m tests.drill.compare BEFORE AFTER COMPLAINT`.

BEFORE was lost and restored, AFTER was taken of what came back, and COMPLAINT was erased in between. Prints as JSON
what differs and should not: for each table how many rows are gone and how many are new. A restore adds to the audit
trail, so there the rows of before have to stand first, each as it was; it holds e-mail back, and erases again.
"""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import json
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from struct import unpack_from
from uuid import UUID

import django

django.setup()

from members.backup.checking import entries_of

APPENDED = {"audit_checkpoint", "audit_event", "audit_leaf"}
"""Tables that only grow, in the order of their keys."""
SEALED_MEANWHILE = {"audit_anchored", "audit_pending"}
"""What waits for its seal, and how far the anchor knows it: `verify_audit` tells whether any event is missing there."""
HELD_BACK = {"slas_outbox": {"dead_at", "claimed_until", "fault"}}
FROM_THE_LEDGER = {"retention_erasure", "retention_fact"}
"""Tables to which an erasure that is done again adds its one row."""
HEADER, END = 19, 2  # bytes around the rows of a COPY in binary form


def main() -> None:
    """Compare, and print what differs."""
    before, after, erased = Path(sys.argv[1]), Path(sys.argv[2]), UUID(sys.argv[3])
    found = {}
    with entries_of(before) as (opening, lost), entries_of(after) as (_, restored):
        for (table, one), (same, other) in zip(_tables(lost), _tables(restored), strict=True):
            if table != same:
                raise RuntimeError(f"{table} stands where {same} should")
            columns = opening.columns.get(table, [])
            differs = _differs(table, columns, one, other, erased.bytes)
            if any(differs.values()):
                found[table] = {what: number for what, number in differs.items() if number}
    json.dump(found, sys.stdout)


def _tables(entries: Iterator) -> Iterator[tuple[str, bytes]]:
    """Give tables and the anchor, each with its content; files are compared where they lie."""
    for head, content in entries:
        if head["entry"] in {"table", "anchor"}:
            yield head.get("table", "anchor"), b"".join(content)
        else:
            for _ in content:  # it has to be read before the next
                pass


def _differs(table: str, columns: list[str], before: bytes, after: bytes, erased: bytes) -> dict[str, int]:
    """Return how many rows are gone that should be there, and new, or still there, that should not."""
    if table in SEALED_MEANWHILE:
        return {}
    if table in APPENDED or table == "anchor":
        return {"cut_or_altered": not after.startswith(before if table == "anchor" else before[:-END])}
    without = {columns.index(name) for name in HELD_BACK.get(table, ())}
    added = int(table in FROM_THE_LEDGER)
    if before == after:
        return {"not_added": added}
    old, new = _rows(before, erased, without), _rows(after, erased, without)
    return {
        "gone": sum(row not in new and not of_erased for row, of_erased in old.items()),
        "new": sum(row not in old for row in new) - added,
        "erased_and_back": 0 if added else sum(new.values()),
    }


def _rows(copied: bytes, erased: bytes, without: set[int]) -> dict[bytes, bool]:
    """Return the digest of each row, and whether it names what was erased."""
    rows, at, end = {}, HEADER, len(copied) - END
    while at < end:
        (fields,), start, kept = unpack_from(">h", copied, at), at, []
        at += 2
        for number in range(fields):
            (size,) = unpack_from(">i", copied, at)
            following = at + 4 + max(size, 0)
            if number not in without:
                kept.append(copied[at:following])
            at = following
        rows[blake2b(b"".join(kept), digest_size=16).digest()] = erased in copied[start:at]
    return rows


if __name__ == "__main__":
    main()
