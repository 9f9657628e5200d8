"""What keeps everybody else away while a restore is under way, and after one that was killed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

from members.backup.refusals import BackupRefused
from members.house_lock import ALONE, FREE, MARK, UNMARK, restoring_here


@contextmanager
def alone() -> Iterator[None]:
    """Hold the house's lock alone; what ends this process frees it. Raises BackupRefused while somebody shares it."""
    with restoring_here():
        with connection.cursor() as cursor:
            cursor.execute(ALONE)
            if not cursor.fetchone()[0]:
                raise BackupRefused("A program is at work in this database. Stop web server, workers and beat first.")
        try:
            yield
        finally:
            with suppress(Error), connection.cursor() as cursor:  # a connection that broke has freed it
                cursor.execute(FREE)


def mark() -> None:
    """Note in the empty database that it is being filled: nobody works in it until `unmark`, whatever kills this."""
    with connection.cursor() as cursor:
        cursor.execute(MARK)


def unmark() -> None:
    """Take the note back, within the transaction with which all is there."""
    with connection.cursor() as cursor:
        cursor.execute(UNMARK)
