"""How sealing does, seen from outside of the sealer: a dead one cannot report that it is dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

PATIENCE = timedelta(minutes=5)
"""An event that waits longer for its seal, or a checkpoint for its anchor, is an alarm (checklist 23)."""
COUNTED = 100_000

FIGURES = """
WITH known AS (
  SELECT min(coalesce(a.number, 0)) AS least, max(a.number) AS most
    FROM unnest(%(places)s::text[]) AS wanted (place) LEFT JOIN audit_anchored a USING (place)),
newest AS (SELECT coalesce(max(number), 0) AS number FROM audit_checkpoint)
SELECT (SELECT count(*) FROM (SELECT FROM audit_pending LIMIT %(counted)s) few),
       %(now)s - (SELECT min(queued_at) FROM audit_pending),
       newest.number, known.least,
       %(now)s - (SELECT (c.statement::json ->> 'sealed_at')::timestamptz FROM audit_checkpoint c
                   WHERE c.number > known.least ORDER BY c.number LIMIT 1),
       coalesce(known.most > newest.number, false)
  FROM known, newest"""


@dataclass(frozen=True, slots=True)
class SealHealth:
    """`pending` is exact below 100,000. The ages are those of the first that waits, None when nothing does.

    `anchored` is the newest checkpoint that every anchor knows; `is_cut` says that an anchor knows one which the
    database has not.
    """

    pending: int
    oldest_pending: timedelta | None
    checkpoint: int
    anchored: int
    oldest_unanchored: timedelta | None
    is_cut: bool

    @property
    def wrong(self) -> list[str]:
        """Return the codes of what is wrong; each is an alarm."""
        found = {
            "unsealed": (self.oldest_pending or timedelta()) > PATIENCE,
            "unanchored": (self.oldest_unanchored or timedelta()) > PATIENCE,
            "chain_cut": self.is_cut,
        }
        return [code for code, is_so in found.items() if is_so]


SEAL_TROUBLES = ("unsealed", "unanchored", "chain_cut")


def seal_health(now: datetime, places: Sequence[str]) -> SealHealth:
    """Return the figures for these anchors: one query of small indexes."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"now": now, "places": list(places), "counted": COUNTED})
        pending, waiting, newest, anchored, unanchored, is_cut = cursor.fetchone()
    return SealHealth(pending, waiting, newest, anchored or 0, unanchored, is_cut)
