"""The database as of one moment: every table in the order of its primary key, by COPY, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection
from django.db.models import Model
from psycopg import Cursor, IsolationLevel
from psycopg.sql import SQL, Composed, Identifier

MIGRATIONS = "django_migrations"
COLUMNS = """
SELECT attrelid::regclass::text, array_agg(attname::text ORDER BY attnum) FROM pg_attribute
 WHERE attrelid = ANY (SELECT to_regclass(quote_ident(t)) FROM unnest(%s::text[]) t)
   AND attnum > 0 AND NOT attisdropped AND attgenerated = '' GROUP BY 1"""
KEY = """
SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) FROM pg_index i
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
 WHERE i.indisprimary AND i.indrelid = to_regclass(quote_ident(%s::text))"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value > 0"
SIZE = "SELECT coalesce(sum(pg_table_size(to_regclass(quote_ident(t)))), 0) FROM unnest(%s::text[]) t"


@contextmanager
def snapshot() -> Iterator[Cursor[Any]]:
    """Give a cursor, on a connection of its own, that sees one moment however long it lasts, and changes nothing.

    What the database refuses within is Django's DatabaseError.
    """
    own = connection.copy()
    own.ensure_connection()
    raw: Any = own.connection
    try:
        raw.isolation_level, raw.read_only = IsolationLevel.REPEATABLE_READ, True
        with own.wrap_database_errors, raw.transaction(), Cursor(raw) as cursor:
            yield cursor
    finally:
        own.close()


def kept_columns(cursor: Any) -> dict[str, list[str]]:
    """Return the tables of a backup with their columns: those of every model, without sessions."""
    wanted = [table for model in apps.get_models(include_auto_created=True) if (table := _kept(model))]
    cursor.execute(COLUMNS, [sorted(set(wanted))])
    return dict(sorted(cursor.fetchall()))


def table_size(cursor: Any, tables: list[str]) -> int:
    """Return about how many bytes these tables are."""
    cursor.execute(SIZE, [tables])
    return int(cursor.fetchone()[0])


def sequences(cursor: Any) -> dict[str, int]:
    """Return the last value of each sequence that gave one. They run ahead of any snapshot, which does no harm."""
    cursor.execute(SEQUENCES)
    return dict(cursor.fetchall())


def rows_out(cursor: Cursor[Any], table: str, columns: list[str]) -> Iterator[bytes]:
    """Yield a table in PostgreSQL's binary form; afterwards `cursor.rowcount` says how many rows it had."""
    cursor.execute(KEY, [table])
    found = cursor.fetchone()
    key = found[0] if found and found[0] else columns
    statement = SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT (FORMAT BINARY)").format(
        _names(columns), Identifier(table), _names(key)
    )
    with cursor.copy(statement) as copy:
        for piece in copy:
            yield bytes(piece)


def copy_in(table: str, columns: list[str]) -> Composed:
    """Return the statement that takes what `rows_out` gave."""
    return SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(Identifier(table), _names(columns))


def _names(columns: list[str]) -> Composed:
    return SQL(", ").join(map(Identifier, columns))


def _kept(model: type[Model]) -> str | None:
    """Return the table of a model; None for sessions, which a restore ends all: who took a copy must enter by none."""
    is_kept = model._meta.managed and not model._meta.proxy and not issubclass(model, AbstractBaseSession)
    return str(model._meta.db_table) if is_kept else None
