"""Checking that one event is in the sealed trail, without a database: for whoever was given an export.

Plain Python. A proof is JSON: the event's text as it was sealed, its place, the hashes that lead to the signed root,
and the signed checkpoint.
"""

import json
from collections.abc import Mapping
from typing import Any

from members.audit.entries import placed
from members.audit.merkle import PathBroken, leaf_hash, root_by_path
from members.audit.statement import Statement, StatementBroken, check_signature, parse_line


class ProofBroken(ValueError):
    """The proof does not show that the event was sealed; `str()` says why."""


def check_proof(proof: Mapping[str, Any], *, public_key: bytes | None = None) -> dict[str, Any]:
    """Return the event that the proof is of. Raises ProofBroken.

    `public_key` is the key that must have signed, known from elsewhere: the anchor's line of the same checkpoint tells
    it. Without one the proof shows only that whoever has its key sealed the event.
    """
    try:
        text, signature = parse_line(proof["checkpoint"])
        statement = Statement.parse(text)
        check_signature(text, signature, statement.public_key)
        position, path = int(proof["position"]), [bytes.fromhex(each) for each in proof["path"]]
        leaf = leaf_hash(placed(statement.number, position, proof["event"]))
        root = root_by_path(leaf, path, position=position, size=statement.count)
        event: dict[str, Any] = json.loads(proof["event"])
    except (StatementBroken, PathBroken) as error:
        raise ProofBroken(str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProofBroken("this is not a proof") from error
    if root != statement.root:
        raise ProofBroken(f"the event is not what was sealed in batch {statement.number} at position {position}")
    if public_key is not None and statement.public_key != public_key:
        raise ProofBroken(f"checkpoint {statement.number} was signed by another key")
    return event
