"""One erasure as a line of the ledger: what the row holds as JSON, and its mark, which only our keyring can make."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from complaints.retention.models import Erasure
from members.privacy.blind_index import blind_index

MARK, REFERENCE = "retention.erasure.line", "retention.erasure.reference"


def reference_digest(reference: str) -> bytes:
    """Return by what the line of a reference is found."""
    return blind_index(REFERENCE, reference)


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
