"""Proofs that events are in the sealed trail, for exports. `proof.check_proof` checks them without a database."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from members.audit import sealed_rows
from members.audit.merkle import path_of
from members.audit.models import Checkpoint, Leaf


class NotSealedYet(Exception):
    """The event still waits for its seal, which takes seconds."""


def proof_of(event_id: UUID) -> dict[str, Any]:
    """Return the proof of one event as JSON tells it. Raises NotSealedYet."""
    for proof in proofs_of([event_id]):
        return proof
    raise NotSealedYet(f"event {event_id} is not sealed yet: try again in a minute")


def proofs_of(event_ids: Iterable[UUID]) -> Iterator[dict[str, Any]]:
    """Give the proof of each event that is sealed, in the order of the chain: two queries a batch.

    {"event": its text as it was sealed, "batch", "position", "path": hashes in hex up to the root, "checkpoint": the
    signed line as the anchor has it}.
    """
    found = sealed_rows.rows(sealed_rows.LEAVES_OF_EVENTS, list(event_ids))
    for batch, leaves in groupby(found, key=lambda row: row[0]):
        hashes = [
            bytes(each) for each in Leaf.objects.filter(batch=batch).order_by("position").values_list("hash", flat=True)
        ]
        line = Checkpoint.objects.get(number=batch).line
        for _, position, entry in leaves:
            path = [each.hex() for each in path_of(hashes, position)]
            yield {"event": entry, "batch": batch, "position": position, "path": path, "checkpoint": line}
