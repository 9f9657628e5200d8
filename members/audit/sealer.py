"""The sealer: takes waiting events out of the queue and seals them as one batch, under one signed checkpoint.

One transaction takes, seals and links, so a sealer may be killed anywhere; a lock of the database lets one seal at a
time, and a second one leaves it the work. Plain SQL over any cursor. A hash chain within each request would cost 14
times the throughput: hence a queue, and the alarm if something waits in it for long.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from members.audit.entries import ENTRY, placed
from members.audit.merkle import Tree, leaf_hash
from members.audit.statement import BEFORE_THE_FIRST, Signer, Statement, digest

log = logging.getLogger(__name__)

BATCH = 5000
"""Events in one batch; a proof reads the hashes of one."""

LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('audit sealer'))"
# All of it in one statement: it sees an event whenever it sees the event's row of the queue.
TAKE = f"""
WITH taken AS (
  DELETE FROM audit_pending WHERE (queued_at, event_id) IN (
    SELECT queued_at, event_id FROM audit_pending ORDER BY queued_at, event_id LIMIT %s)
  RETURNING queued_at, event_id)
SELECT t.event_id, {ENTRY} FROM taken t LEFT JOIN audit_event e ON e.id = t.event_id
 ORDER BY t.queued_at, t.event_id"""  # noqa: S608 -- a constant
NEWEST = "SELECT statement FROM audit_checkpoint ORDER BY number DESC LIMIT 1"
CHECKPOINT = "INSERT INTO audit_checkpoint (number, statement, signature) VALUES (%s, %s, %s)"
LEAVES = "COPY audit_leaf (batch, position, event_id, hash) FROM STDIN (FORMAT BINARY)"


def seal_all(*, signer: Signer, at: datetime) -> int:
    """Seal everything that waits, batch by batch. Return the number of events; 0 while another sealer is at work."""
    sealed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            count = seal_batch(cursor, signer=signer, at=at)
        sealed += count
        if count < BATCH:
            return sealed


def seal_batch(cursor: Any, *, signer: Signer, at: datetime, size: int = BATCH) -> int:
    """Seal up to `size` events within the transaction that is open, and return how many."""
    cursor.execute(LOCK)
    if not cursor.fetchone()[0]:
        return 0
    cursor.execute(TAKE, [size])
    taken = cursor.fetchall()
    if not taken:
        return 0
    before = _newest(cursor)
    number = before.number + 1 if before else 1
    hashes = [_hash(number, position, event_id, entry) for position, (event_id, entry) in enumerate(taken)]
    statement = Statement(
        number=number,
        sealed_at=at.astimezone(UTC),
        count=len(taken),
        total=len(taken) + (before.total if before else 0),
        root=_root(hashes),
        previous=digest(before.text()) if before else BEFORE_THE_FIRST,
        key=signer.number,
        public_key=signer.public_key,
    ).text()
    cursor.execute(CHECKPOINT, [number, statement, signer.sign(statement)])
    with cursor.copy(LEAVES) as copy:
        copy.set_types(["int8", "int4", "uuid", "bytea"])
        for position, (event_id, _entry) in enumerate(taken):
            copy.write_row((number, position, event_id, hashes[position]))
    return len(taken)


def _newest(cursor: Any) -> Statement | None:
    cursor.execute(NEWEST)
    row = cursor.fetchone()
    return Statement.parse(row[0]) if row else None


def _hash(number: int, position: int, event_id: Any, entry: str | None) -> bytes:
    """Return the leaf of an event; one that is gone already gets a leaf as well, so that `verify_audit` names it."""
    if entry is None:
        log.error("event %s was deleted before it was sealed", event_id)
    return leaf_hash(placed(number, position, entry or ""))


def _root(hashes: Sequence[bytes]) -> bytes:
    tree = Tree()
    for each in hashes:
        tree.add(each)
    return tree.root()
