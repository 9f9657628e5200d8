"""Whether there is room for a restore, and making it."""

from django.db import connection
from psycopg.sql import SQL, Identifier

from members.backup.refusals import BackupRefused
from members.privacy.file_storage import sealed_files, stored_objects

TABLES = """SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm')"""
# What other roles' sessions are is hidden from a plain owner; the server's own, such as autovacuum, have no user.
OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'"""


def see_that_nobody_is_at_work() -> None:
    """Raise BackupRefused while somebody else is connected to the database."""
    if others := _ask(OTHERS):
        raise BackupRefused(
            f"{others} others are connected to this database. Stop web server, workers and beat first; what they do"
            " meanwhile would be lost or mixed in."
        )


def see_that_all_is_empty() -> None:
    """Raise BackupRefused if the database has a table or the store a file. Raises OSError."""
    cure = "Name an empty one, or say --replace: that deletes everything in the database and the file store for good."
    if tables := _ask(TABLES):
        raise BackupRefused(f"The database is not empty; it has {tables} tables. {cure}")
    if next(stored_objects(), None):
        raise BackupRefused(f"The file store is not empty. {cure}")


def empty_all() -> None:
    """Delete everything in the database's schema and in the file store. Raises OSError, DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = Identifier(cursor.fetchone()[0])
        for words in (SQL("DROP SCHEMA {} CASCADE"), SQL("CREATE SCHEMA {}")):
            statement = words.format(schema)
            cursor.execute(statement)
    for stored in list(stored_objects()):
        sealed_files().delete(stored.name)


def _ask(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
