"""What slows the database down: an old snapshot keeps dead index entries, and every sweep steps over them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

# A role sees the transactions of its own sessions only; those of others need pg_read_all_stats.
OLDEST_SNAPSHOT = """
SELECT greatest(max(age(backend_xmin)), (SELECT max(age(transaction)) FROM pg_prepared_xacts),
                (SELECT max(greatest(age(xmin), age(catalog_xmin))) FROM pg_replication_slots)),
       %s - min(xact_start) FILTER (WHERE backend_xmin IS NOT NULL)
  FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@dataclass(frozen=True, slots=True)
class OldestSnapshot:
    """How far back the oldest transaction looks: in transactions since, and in time."""

    transactions: int
    age: timedelta


def oldest_snapshot(now: datetime) -> OldestSnapshot:
    """Return the age of the oldest snapshot of this database; zero where nobody holds one."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_SNAPSHOT, [now])
        transactions, age = cursor.fetchone()
    return OldestSnapshot(transactions or 0, max(age or timedelta(0), timedelta(0)))
