"""Parts of the audit trail to be taken away, each event with the proof that it was sealed.

Who gets such a file needs no database to check it: `members.audit.proof.check_proof` does, with the anchor's key.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from complaints.oversight.trail import Asked, EventLine, lines_of
from members.actors import Actor
from members.audit.models import Event
from members.audit.proofs import proofs_of
from members.spreadsheets import csv_text

MOST = 2_000
"""Events in one file; the newest of what was asked for."""
COLUMNS = (
    "at", "who", "role", "did", "what", "fields", "purpose", "case", "event_id", "batch", "position", "path",
    "sealed_text", "checkpoint",
)  # fmt: skip

Proofs = dict[UUID, dict[str, Any]]


def events_to_take(events: QuerySet[Event], *, asked: Asked, at: datetime) -> list[Event]:
    """Return what goes into a file: one query."""
    return list(asked.of(events, at=at)[:MOST])


def trail_csv(events: Sequence[Event], *, actor: Actor) -> str:
    """Return events in words with their proofs; those that still wait for the seal have none."""
    proofs = _proofs(events)
    return csv_text(COLUMNS, (_row(line, proofs.get(line.id)) for line in lines_of(events, actor=actor)))


def trail_json(events: Sequence[Event], *, actor: Actor, at: datetime) -> str:
    """Return the same as JSON. Each proof is what `check_proof` takes."""
    proofs = _proofs(events)
    told = [_told(line) | {"proof": proofs.get(line.id)} for line in lines_of(events, actor=actor)]
    return json.dumps({"taken_at": at.isoformat(), "taken_by": actor.label, "events": told}, indent=1)


def _proofs(events: Sequence[Event]) -> Proofs:
    return {UUID(json.loads(proof["event"])["id"]): proof for proof in proofs_of([event.pk for event in events])}


def _told(line: EventLine) -> dict[str, str]:
    return {
        "id": str(line.id),
        "at": line.at.isoformat(),
        "who": line.who,
        "role": line.role,
        "did": line.did,
        "what": line.what,
        "fields": line.fields,
        "purpose": line.purpose,
        "case": line.reference,
    }


def _row(line: EventLine, proof: dict[str, Any] | None) -> list[Any]:
    told = _told(line)
    sealed = ["", "", "", "", ""]
    if proof:
        sealed = [proof["batch"], proof["position"], " ".join(proof["path"]), proof["event"], proof["checkpoint"]]
    return [*(told[name] for name in COLUMNS[:7]), told["case"], told["id"], *sealed]
