"""One lock for the whole house: every connection of a program shares it, and a restore holds it alone.

So a worker that systemd starts again in the middle of a restore is turned away, instead of working in half a house. A
restore that was killed leaves its mark, a table: without the end of it, what was erased may be there again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError

SHARED = "SELECT pg_try_advisory_lock_shared(hashtext('redress house'))"
ALONE = "SELECT pg_try_advisory_lock(hashtext('redress house'))"
FREE = "SELECT pg_advisory_unlock(hashtext('redress house'))"
MARK = "CREATE TABLE restore_under_way ()"
UNMARK = "DROP TABLE restore_under_way"
MARKED = "SELECT to_regclass('restore_under_way') IS NOT NULL"


class RestoreUnderWay(OperationalError):
    """Nobody works here until the restore has ended."""


class _Here:
    is_restoring = False


@contextmanager
def restoring_here() -> Iterator[None]:
    """Let this process in, whose restore the others have to wait for."""
    _Here.is_restoring = True
    try:
        yield
    finally:
        _Here.is_restoring = False


def share(raw: Any) -> None:
    """Share the lock for as long as a connection of psycopg's lasts. Raises RestoreUnderWay, having closed it."""
    if _Here.is_restoring:
        return
    why = None
    if not raw.execute(SHARED).fetchone()[0]:
        why = "A backup is being restored into this database. Start again when that has ended."
    elif raw.execute(MARKED).fetchone()[0]:
        why = "A restore into this database was not finished. Run manage.py restore again, with --replace."
    if why:
        raw.close()
        raise RestoreUnderWay(why)


def enter(*, connection: Any, **_: Any) -> None:
    """Share the lock for as long as a new connection of Django's lasts. Raises RestoreUnderWay."""
    try:
        share(connection.connection)
    except RestoreUnderWay:
        connection.close()
        raise
