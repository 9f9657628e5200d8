"""The chain as it lies in the database, read page by page: memory stays constant, and no snapshot grows old.

What is sealed never changes, so pages need not be of one moment; what is newer than `newest` is left for another time.
"""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from members.audit.entries import ENTRY

PAGE = 5000  # rows

NEWEST = "SELECT coalesce(max(number), 0) FROM audit_checkpoint"
ESTIMATE = "SELECT reltuples FROM pg_class WHERE oid = 'audit_leaf'::regclass"
CHECKPOINTS = """
SELECT number, statement, signature FROM audit_checkpoint
 WHERE number > %s AND number <= %s ORDER BY number LIMIT %s"""
LEAVES = f"""
SELECT l.batch, l.position, l.event_id, l.hash, {ENTRY} FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id
 WHERE (l.batch, l.position) > (%s, %s) AND l.batch <= %s ORDER BY l.batch, l.position LIMIT %s"""  # noqa: S608 -- a constant
LEAVES_OF_EVENTS = f"""
SELECT l.batch, l.position, {ENTRY} FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
 WHERE l.event_id = ANY(%s) ORDER BY l.batch, l.position"""  # noqa: S608 -- a constant
LEAVES_OF_NO_CHECKPOINT = """
SELECT l.batch, count(*) FROM audit_leaf l
 WHERE l.batch > %s AND NOT EXISTS (SELECT FROM audit_checkpoint c WHERE c.number = l.batch)
 GROUP BY l.batch ORDER BY l.batch LIMIT %s"""
EVENTS_WITHOUT_LEAF = """
SELECT e.id, p.event_id IS NOT NULL FROM audit_event e LEFT JOIN audit_pending p ON p.event_id = e.id
 WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id)
   AND (p.event_id IS NULL OR p.queued_at < clock_timestamp() - %s) ORDER BY e.id LIMIT %s"""
QUEUED_WITHOUT_EVENT = """
SELECT p.event_id FROM audit_pending p
 WHERE NOT EXISTS (SELECT FROM audit_event e WHERE e.id = p.event_id) ORDER BY p.queued_at LIMIT %s"""


class KeptCheckpoint(NamedTuple):
    """One row of the chain, as it is, whether it makes sense or not."""

    number: int
    statement: str
    signature: bytes


class KeptLeaf(NamedTuple):
    """One leaf with the text of its event, None if the event is gone."""

    batch: int
    position: int
    event_id: UUID
    hash: bytes
    entry: str | None


def newest_number() -> int:
    """Return the number of the newest checkpoint, 0 if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        return int(cursor.fetchone()[0])


def kept_checkpoints(newest: int) -> Iterator[KeptCheckpoint]:
    """Give all checkpoints up to a number, in order."""
    number = -1 << 63
    while page := _rows(CHECKPOINTS, [number, newest, PAGE]):
        for each, statement, signature in page:
            yield KeptCheckpoint(each, statement, bytes(signature))
        number = page[-1][0]


def kept_leaves(newest: int) -> Iterator[KeptLeaf]:
    """Give all leaves of batches up to a number, in order."""
    place = (-1 << 63, 0)
    while page := _rows(LEAVES, [*place, newest, PAGE]):
        yield from map(KeptLeaf._make, page)
        place = page[-1][:2]


def rows(sql: str, *params: object) -> list[tuple]:
    """Return what one of the statements above finds."""
    return _rows(sql, list(params))


def _rows(sql: str, params: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
