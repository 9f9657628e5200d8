"""How old the newest backup is: what RPO rests on, as the house itself has noted it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

LOOKED_BACK = timedelta(days=1)
BACKUP_OLD = "backup_old"
# By time, for which there is an index: what is older than a day is old, however old it is.
NEWEST = """
SELECT max((detail ->> 'taken_at')::timestamptz) FROM audit_event
 WHERE at > %s AND action = 'backup.taken'"""


@dataclass(frozen=True, slots=True)
class BackupHealth:
    """`age` is that of the newest backup, None if there is none of the last day; `wrong` has codes of alarms."""

    age: timedelta | None
    wrong: list[str]


def backup_health(now: datetime, *, patience: timedelta | None) -> BackupHealth:
    """Return the figures of this moment. Without `patience` nobody expects backups, and their age is no alarm."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [now - LOOKED_BACK])
        newest = cursor.fetchone()[0]
    age = now - newest if newest else None
    is_old = patience is not None and (age is None or age > patience)
    return BackupHealth(age, [BACKUP_OLD] if is_old else [])
