"""Records which keys a database is sealed under, so that a start can tell at a glance that the ring lacks none.

Counting a million rows at each start would take too long, and an index on every sealed column would cost every write.
So a process records a key before it seals its first value under it, on a connection of its own: it stays recorded when
the transaction that needed it is rolled back, and nobody waits for that one to end.
"""

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.errors import UndefinedTable

from members.house_lock import share
from members.privacy.keyring import Keyring
from members.privacy.models import INDEX_KEY

RECORD = """
INSERT INTO privacy_sealingkey AS known (number, check_value) VALUES (%s, %s), (%s, %s)
ON CONFLICT (number) DO UPDATE SET destroyed_at = NULL, check_value = excluded.check_value
  WHERE known.destroyed_at IS NOT NULL"""
PROMOTE = "UPDATE privacy_sealingkey SET promoted_at = clock_timestamp() WHERE number = %s"


class _Known:
    ring: Keyring | None = None


def see_recorded(ring: Keyring) -> None:
    """Record the key that the ring seals under and the one of its indexes, unless this process did so already."""
    if _Known.ring is ring:
        return
    with connections[DEFAULT_DB_ALIAS].wrap_database_errors, _own_connection() as database:
        try:
            database.execute(RECORD, _of(ring, ring.primary))
        except UndefinedTable:  # a migration from before this table seals something
            return
    _Known.ring = ring


def record_promotion(ring: Keyring, number: int) -> None:
    """Record that a key is about to seal. Not undone if it never does: then the ring has one key more than it needs."""
    with connections[DEFAULT_DB_ALIAS].wrap_database_errors, _own_connection() as database:
        database.execute(RECORD, _of(ring, number))
        database.execute(PROMOTE, [number])


def _of(ring: Keyring, number: int) -> list[int | bytes]:
    return [number, ring.check_value(number), INDEX_KEY, ring.check_value(None)]


def _own_connection() -> psycopg.Connection:
    """Return a connection that commits at once, with Django's parameters, as they lead to a test's database.

    Raises RestoreUnderWay.
    """
    params = connections[DEFAULT_DB_ALIAS].get_connection_params()
    params.pop("cursor_factory", None)
    own: psycopg.Connection = psycopg.connect(**params | {"autocommit": True, "connect_timeout": 5})
    share(own)
    return own
