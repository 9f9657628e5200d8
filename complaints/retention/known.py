"""What a database knows of its erasures: a ledger that holds less is a new one or an older copy."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from django.db import connection

KNOWN = """
SELECT (SELECT count(*) FROM retention_erasure), id::text, to_char(erased_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
  FROM retention_erasure ORDER BY id DESC LIMIT 1"""  # keys are made in the order of time
NOTED = "erasures"


@dataclass(frozen=True, slots=True)
class Known:
    """How many erasures there are, the newest one's key, and its minute in UTC; both empty where there are none."""

    count: int = 0
    newest: str = ""
    erased_at: str = ""

    @classmethod
    def now(cls) -> Self:
        """Return what the table knows."""
        with connection.cursor() as cursor:
            return cls.asked(cursor)

    @classmethod
    def noted(cls, noted: dict[str, Any]) -> Self:
        """Return what a backup says that its database knew; nothing, if it is of a release that did not say."""
        return cls(**noted.get(NOTED, {}))

    @classmethod
    def asked(cls, cursor: Any) -> Self:
        """Return what the table knows as of a cursor's moment."""
        cursor.execute(KNOWN)
        return cls(*(cursor.fetchone() or ()))


def note(*, cursor: Any, **_: Any) -> dict[str, Any]:
    """Have a backup say what its database knows, so that a restore can refuse a ledger before it deletes anything."""
    return {NOTED: asdict(Known.asked(cursor))}
