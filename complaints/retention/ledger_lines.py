"""One erasure as a line of the ledger: what the row holds as JSON, and its mark, which only our keyring can make.

Each line names the one before it, so that one which was taken out is missed.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from complaints.retention.models import Erasure
from members.privacy.blind_index import blind_index

MARK, REFERENCE = "retention.erasure.line", "retention.erasure.reference"


class Line(NamedTuple):
    """An erasure, unsaved, and the key of the one in the line before; the first names none, nor did any at first."""

    entry: Erasure
    after: UUID | None


def reference_digest(reference: str) -> bytes:
    """Return by what the line of a reference is found."""
    return blind_index(REFERENCE, reference)


def line_of(entry: Erasure, *, after: UUID | None) -> str:
    """Return the line of an erasure, without its end."""
    told = json.dumps(_told(entry) | {"after": after and str(after)}, sort_keys=True)
    return f"{told}\t{blind_index(MARK, told).hex()}"


def read_line(line: str) -> Line | None:
    """Return what a line says, None if it is cut short or not ours."""
    told, _tab, mark = line.rstrip("\n").rpartition("\t")
    if not told or blind_index(MARK, told).hex() != mark:
        return None
    row = json.loads(told)
    keys = {name: UUID(row[name]) for name in ("id", "complaint_id", "list_id", "asked_by", "confirmed_by")}
    entry = Erasure(
        **keys,
        reference_digest=bytes.fromhex(row["reference_digest"]),
        rule=row["rule"],
        erased_at=datetime.fromisoformat(row["erased_at"]),
        counts=row["counts"],
    )
    return Line(entry, UUID(after) if (after := row.get("after")) else None)


def _told(entry: Erasure) -> dict[str, Any]:
    keys = ("id", "complaint_id", "list_id", "asked_by", "confirmed_by", "rule")
    return {name: str(getattr(entry, name)) for name in keys} | {
        "reference_digest": bytes(entry.reference_digest).hex(),
        "erased_at": entry.erased_at.isoformat(),
        "counts": entry.counts,
    }
