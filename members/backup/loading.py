"""Filling an empty database and store from the entries of a backup."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg.sql import SQL, Identifier

from members.backup.checking import Entry
from members.backup.manifest import Opening
from members.backup.refusals import BackupBroken
from members.backup.snapshot import MIGRATIONS, copy_in
from members.privacy.file_storage import put_object


def make_tables(opening: Opening) -> bool:
    """Bring the empty database to the state of the backup; return whether that is the newest one of this release."""
    executor = MigrationExecutor(connection)
    graph, applied = executor.loader.graph, set(opening.migrations)
    last = [node for node in applied if not any(child.key in applied for child in _after(graph, node))]
    executor.migrate(sorted(last))
    return not MigrationExecutor(connection).migration_plan(graph.leaf_nodes())


@contextmanager
def loaded(opening: Opening, entries: Iterable[Entry], parts: dict[str, dict[str, Any]]) -> Iterator[None]:
    """Write all files, then all rows in one transaction that ends with the block.

    Raises BackupBroken if the rows are not as many as were backed up, OSError, DatabaseError.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t != MIGRATIONS]
        _switch_triggers(cursor, tables, "DISABLE")
        truncate = SQL("TRUNCATE {}").format(SQL(", ").join(map(Identifier, tables)))
        cursor.execute(truncate)
        for head, content in entries:
            match head["entry"]:
                case "file":
                    put_object(head["name"], b"".join(content))
                case "table":
                    table = head["table"]
                    rows = _load(cursor, table, opening.columns[table], content)
                    _compare(table, rows, parts[f"table {table}"]["count"])
                case _:
                    deque(content, maxlen=0)
        for name, value in opening.sequences.items():
            cursor.execute("SELECT setval(%s, %s)", [f'"{name}"', value])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # every reference is checked, before triggers can be touched
        _switch_triggers(cursor, tables, "ENABLE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as whoever hears of the restore is used to
        yield


def _load(cursor: Any, table: str, columns: list[str], content: Iterator[bytes]) -> int:
    with cursor.copy(copy_in(table, columns)) as copy:
        for piece in content:
            copy.write(piece)
    return int(cursor.rowcount)


def _compare(table: str, rows: int, told: int) -> None:
    if rows != told:
        raise BackupBroken(f"{table} has {rows:,} rows in the backup, and {told:,} were counted when it was made.")


def _switch_triggers(cursor: Any, tables: list[str], verb: str) -> None:
    """Let our triggers rest: what they refuse, queue or reckon was done when these rows were written first."""
    for table in tables:
        statement = SQL("ALTER TABLE {} {} TRIGGER USER").format(Identifier(table), SQL(verb))
        cursor.execute(statement)


def _after(graph: Any, node: tuple[str, str]) -> list[Any]:
    """Return the migrations of the same app that follow one."""
    return [child for child in graph.node_map[node].children if child.key[0] == node[0]]
