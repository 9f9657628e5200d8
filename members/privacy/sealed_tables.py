"""Every sealed column of every model, found by walking the apps, and how many values of it are under which key."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.models import Field, Model
from psycopg.sql import SQL, Composable, Identifier

from members.privacy.fields import SealedBytesField
from members.privacy.keyring import HEADER_BYTES, VERSION, header_of

UNREADABLE = -1
"""The number that stands for values which are in no sealed format."""


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table and those of its columns that are sealed."""

    model: type[Model]
    columns: tuple[SealedBytesField, ...]

    @property
    def name(self) -> str:
        """Return the table's name."""
        return str(self.model._meta.db_table)

    @property
    def key(self) -> Field:
        """Return the primary key."""
        return self.model._meta.pk


def sealed_tables() -> Iterator[SealedTable]:
    """Yield the tables that hold anything sealed. A model that is added tomorrow is found tomorrow."""
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: str(model._meta.db_table)):
        columns = tuple(f for f in model._meta.local_concrete_fields if isinstance(f, SealedBytesField))
        if columns and model._meta.managed and not model._meta.proxy:
            yield SealedTable(model, columns)


def is_not_under(columns: tuple[SealedBytesField, ...]) -> Composable:
    """Return the condition that one of the columns holds a value which does not begin with a parameter's header."""
    return SQL(" OR ").join(SQL("{} <> %s").format(header(column)) for column in columns)


def header(column: SealedBytesField) -> Composable:
    """Return what a value of the column begins with; of a long one PostgreSQL reads its first piece only."""
    return SQL(f"substring({{}} from 1 for {HEADER_BYTES})").format(Identifier(str(column.column)))


def count_under_other_keys(table: SealedTable, number: int) -> int:
    """Return how many rows hold a value that is not sealed under this key."""
    statement = SQL("SELECT count(*) FROM {} WHERE {}").format(Identifier(table.name), is_not_under(table.columns))
    with connection.cursor() as cursor:
        cursor.execute(statement, [header_of(number)] * len(table.columns))
        return int(cursor.fetchone()[0])


def count_by_key(table: SealedTable) -> dict[str, Counter[int]]:
    """Return for each column how many values are under which key. One pass over the table."""
    headers = SQL(", ").join(map(header, table.columns))
    statement = SQL("SELECT count(*), {} FROM {} GROUP BY {}").format(
        headers, Identifier(table.name), SQL(", ").join(SQL(str(n + 2)) for n in range(len(table.columns)))
    )
    counts: dict[str, Counter[int]] = {str(column.column): Counter() for column in table.columns}
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for count, *found in cursor:
            for column, begins in zip(counts.values(), found, strict=True):
                if begins is not None:
                    column[_number_of(bytes(begins))] += count
    return counts


def is_under(table: SealedTable, column: SealedBytesField) -> Composable:
    """Return the question whether any value of the column begins with a parameter's header."""
    return SQL("SELECT EXISTS (SELECT FROM {} WHERE {} = %s)").format(Identifier(table.name), header(column))


def columns_under(number: int) -> Iterator[str]:
    """Yield the columns that hold a value under a key, as "table.column"; each is read up to the first one.

    It is asked before a migration, too, when columns of a new release are not there yet.
    """
    for table in sealed_tables():
        for column in table.columns:
            is_used = False
            with suppress(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(is_under(table, column), [header_of(number)])
                is_used = cursor.fetchone()[0]
            if is_used:
                yield f"{table.name}.{column.column}"


def _number_of(begins: bytes) -> int:
    is_sealed = len(begins) == HEADER_BYTES and begins.startswith(VERSION)
    return int.from_bytes(begins[len(VERSION) :], "big") if is_sealed else UNREADABLE
