"""Seals everything anew under the primary key, in small batches, beside whatever else happens.

Rows are taken with their locks, and those that somebody else holds are left for the next pass: nobody waits for the
rotation, and it overwrites nobody's edit. A batch and its audit event are one transaction, so it can be killed at any
moment and started again. Nobody sees what is opened here, hence one event for a batch and none for a value.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from psycopg.sql import SQL, Composed, Identifier

from members.actors import Actor
from members.audit.models import Event
from members.privacy.fields import SealedBytesField
from members.privacy.keyring import SealBroken, header_of, keyring
from members.privacy.sealed_tables import SealedTable, count_under_other_keys, is_not_under, sealed_tables

ROWS = 500
BYTES = 16 * 1024 * 1024  # of one batch: letters and files are opened in memory
PATIENCE = 60.0  # s that rows may be locked by somebody else before this gives up
PAUSE = 0.2  # s between two looks at locked rows


class RowsLocked(Exception):
    """Rows were locked by somebody else for longer than one waits for them."""


class Broken(NamedTuple):
    """A value that does not open, and so stays as it is."""

    table: str
    column: str
    pk: Any


class Rotation:
    """One run. `rows` were sealed anew, `broken` values do not open."""

    def __init__(self, *, actor: Actor, at: datetime) -> None:
        self.actor, self.at = actor, at
        self.rows = 0
        self.broken: set[Broken] = set()

    def left(self) -> int:
        """Return how many rows hold something that is not under the primary key, those with broken values included."""
        return sum(count_under_other_keys(table, keyring().primary) for table in sealed_tables())

    def run(self) -> Iterator[int]:
        """Yield the size of each batch until all rows are sealed anew that can be. Raises RowsLocked."""
        give_up_at = None
        while True:
            before = self.rows
            for table in sealed_tables():
                yield from self._pass(table)
            if self.left() <= len({(value.table, value.pk) for value in self.broken}):
                return
            now = time.monotonic()
            give_up_at = now + PATIENCE if give_up_at is None or self.rows > before else give_up_at
            if now > give_up_at:
                raise RowsLocked
            time.sleep(PAUSE)

    def _pass(self, table: SealedTable) -> Iterator[int]:
        """Walk a table once, in the order of its key."""
        after: Any = None
        while True:
            with transaction.atomic():
                taken = _take(table, after)
                if not taken:
                    return
                sealed = [row for row in (self._sealed_anew(table, row) for row in _values(table, taken)) if row]
                if sealed:
                    _write(table, sealed)
                    self._record(table, len(sealed))
            self.rows += len(sealed)
            after = taken[-1]
            yield len(sealed)

    def _sealed_anew(self, table: SealedTable, row: Sequence[Any]) -> list[Any] | None:
        """Return the row sealed under the primary key, or None if nothing of it could be."""
        pk, *values = row
        pairs = zip(table.columns, values, strict=True)
        fresh = [value if value is None else self._value(field, pk, bytes(value)) for field, value in pairs]
        return None if fresh == [value if value is None else bytes(value) for value in values] else [pk, *fresh]

    def _value(self, field: SealedBytesField, pk: Any, value: bytes) -> bytes:
        if value.startswith(header_of(keyring().primary)):
            return value
        try:
            return field.seal(pk, field.unseal(pk, value))
        except SealBroken:
            self.broken.add(Broken(str(field.model._meta.db_table), str(field.column), pk))
            return value

    def _record(self, table: SealedTable, rows: int) -> None:
        detail = {"key": keyring().primary, "rows": rows}
        event = Event.by(self.actor, at=self.at, action="keys.reencrypted", object_type=table.name, detail=detail)
        event.save(force_insert=True)


def _take(table: SealedTable, after: Any) -> list[Any]:
    """Lock the next rows that hold something under another key, but for locked ones; return as many keys as fit."""
    pk = Identifier(str(table.key.column))
    begins = [header_of(keyring().primary)] * len(table.columns)
    size = SQL(" + ").join(
        SQL("coalesce(octet_length({}), 0)").format(Identifier(str(column.column))) for column in table.columns
    )
    statement = SQL(
        "SELECT {pk}, {size} FROM {table} WHERE {beyond} AND ({stale}) ORDER BY {pk} LIMIT {rows}"
        " FOR NO KEY UPDATE SKIP LOCKED"
    ).format(
        pk=pk,
        size=size,
        table=Identifier(table.name),
        beyond=SQL("true") if after is None else SQL("{} > %s").format(pk),
        stale=is_not_under(table.columns),
        rows=SQL(str(ROWS)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, begins if after is None else [after, *begins])
        found = cursor.fetchall()
    taken: list[Any] = []
    total = 0
    for key, octets in found:
        total += octets
        if taken and total > BYTES:
            break
        taken.append(key)
    return taken


def _values(table: SealedTable, keys: list[Any]) -> list[tuple[Any, ...]]:
    """Return the rows with their sealed values."""
    statement = SQL("SELECT {}, {} FROM {} WHERE {} = ANY(%s)").format(
        Identifier(str(table.key.column)),
        SQL(", ").join(Identifier(str(column.column)) for column in table.columns),
        Identifier(table.name),
        Identifier(str(table.key.column)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys])
        return cursor.fetchall()


def _write(table: SealedTable, rows: list[list[Any]]) -> None:
    """Put the values in their places with one UPDATE."""
    with connection.cursor() as cursor:
        cursor.execute(_update(table), [list(column) for column in zip(*rows, strict=True)])


def _update(table: SealedTable) -> Composed:
    names = [Identifier(str(column.column)) for column in table.columns]
    pk = Identifier(str(table.key.column))
    return SQL(
        "UPDATE {table} SET {sets} FROM unnest({arrays}) AS fresh ({pk}, {names}) WHERE {table}.{pk} = fresh.{pk}"
    ).format(
        table=Identifier(table.name),
        sets=SQL(", ").join(SQL("{0} = fresh.{0}").format(name) for name in names),
        arrays=SQL(", ").join([SQL(f"%s::{table.key.db_type(connection)}[]"), *[SQL("%s::bytea[]")] * len(names)]),
        pk=pk,
        names=SQL(", ").join(names),
    )
