"""One lock for the whole house: every connection of a program shares it, and a restore holds it alone.

So a worker that systemd starts again in the middle of a restore is turned away, instead of working in half a house.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import Error, OperationalError, connection

from members.backup.refusals import BackupRefused

SHARED = "SELECT pg_try_advisory_lock_shared(hashtext('redress house'))"
ALONE = "SELECT pg_try_advisory_lock(hashtext('redress house'))"
FREE = "SELECT pg_advisory_unlock(hashtext('redress house'))"


class RestoreUnderWay(OperationalError):
    """Nobody works here until the restore has ended."""


def enter(*, connection: Any, **_: Any) -> None:
    """Share the lock for as long as a new connection lasts. Raises RestoreUnderWay."""
    if not connection.connection.execute(SHARED).fetchone()[0]:
        connection.close()
        raise RestoreUnderWay("A backup is being restored into this database. Start again when that has ended.")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock alone; what ends this process frees it. Raises BackupRefused while somebody shares it."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        if not cursor.fetchone()[0]:
            raise BackupRefused("A program is at work in this database. Stop web server, workers and beat first.")
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:  # a connection that broke has freed it
            cursor.execute(FREE)
