"""The sweep: one statement turns thresholds that are due into ledger rows and outbox rows, and moves the clocks on.

Exactly once comes from primary keys, not from care: any number of sweepers may run, be killed and run again. Plain SQL
over any cursor, because the timer's threads have connections of their own.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import psycopg
from django import db

log = logging.getLogger(__name__)

BATCH, STORM = 500, 2000
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
POISON = (
    *(psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError),
    *(db.DataError, db.IntegrityError, db.ProgrammingError),
)
"""What a clock's data can be to blame for: errors of the driver, or the same ones as Django's cursor raises them."""
SET_ASIDE = datetime(9999, 1, 1, tzinfo=UTC)

# %(now)s is bound, not clock_timestamp(): a volatile bound would turn the index probe into a scan of the table.
# Warnings (codes below 100) that a later threshold has overtaken are suppressed; a breach never is.
FIRE = """
WITH due AS MATERIALIZED (
  SELECT matter_id, id, policy_id, epoch, next_seq, rev, fire_ats, fire_codes
    FROM slas_clock
   WHERE next_fire_at >= %(low)s AND next_fire_at <= %(now)s {only}
   ORDER BY next_fire_at LIMIT %(n)s FOR NO KEY UPDATE SKIP LOCKED),
hit AS (
  SELECT d.matter_id, d.id, d.policy_id, d.epoch, d.rev, k.ord::smallint AS seq, d.fire_codes[k.ord] AS code, k.at,
         k.ord = max(k.ord) OVER (PARTITION BY d.matter_id, d.id) AS is_last
    FROM due d CROSS JOIN LATERAL unnest(d.fire_ats) WITH ORDINALITY k(at, ord)
   WHERE k.ord >= d.next_seq AND k.at <= %(now)s),
fired AS (
  INSERT INTO slas_firing (matter_id, clock_id, epoch, code, scheduled_for, fired_at, clock_rev, suppressed, sweeper)
  SELECT matter_id, id, epoch, code, at, clock_timestamp(), rev, NOT is_last AND code < 100, %(who)s FROM hit
  ON CONFLICT DO NOTHING
  RETURNING matter_id, clock_id, epoch, code, scheduled_for, suppressed),
effects AS (
  INSERT INTO slas_outbox (matter_id, key, topic, payload, attempts, fault)
  SELECT f.matter_id, concat_ws(':', 'sla', f.clock_id, f.epoch, f.code), 'sla.fired',
         jsonb_build_object('clock', f.clock_id, 'epoch', f.epoch, 'code', f.code, 'at', f.scheduled_for,
                            'actions', p.actions -> f.code::text), 0, ''
    FROM fired f
    JOIN due d ON d.matter_id = f.matter_id AND d.id = f.clock_id
    JOIN slas_policyversion p ON p.id = d.policy_id
   WHERE NOT f.suppressed AND jsonb_array_length(p.actions -> f.code::text) > 0
  ON CONFLICT DO NOTHING),
moved AS (
  UPDATE slas_clock c SET next_seq = h.seq + 1, next_fire_at = c.fire_ats[h.seq + 1]
    FROM hit h WHERE h.is_last AND c.matter_id = h.matter_id AND c.id = h.id)
SELECT (SELECT count(*) FROM due), (SELECT max(%(now)s - at) FROM hit),
       (SELECT count(*) FROM hit) - (SELECT count(*) FROM fired),
       (SELECT next_fire_at FROM slas_clock WHERE next_fire_at > %(now)s ORDER BY next_fire_at LIMIT 1)"""

FIRE_DUE = FIRE.format(only="")
FIRE_ONE = FIRE.format(only="AND matter_id = %(matter_id)s AND id = %(clock_id)s")
NAME_DUE = """
SELECT matter_id, id FROM slas_clock WHERE next_fire_at >= %(low)s AND next_fire_at <= %(now)s
 ORDER BY next_fire_at LIMIT %(n)s"""
TAKE_BACK = "UPDATE slas_clock SET next_fire_at = fire_ats[next_seq] WHERE next_fire_at >= %s"
PUT_ASIDE = "UPDATE slas_clock SET next_fire_at = %s WHERE matter_id = %s AND id = %s AND next_fire_at <= %s"


class Cursor(Protocol):
    """What psycopg's and Django's cursors share."""

    def execute(self, sql: Any, params: Any = None, /) -> Any:
        """Run one statement."""

    def fetchone(self) -> Any:
        """Return the next row."""

    def fetchall(self) -> Any:
        """Return the rows that are left."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass found. `upcoming` was read before the pass moved its own clocks on.

    `conflicts` counts what the ledger had already: the primary key refused to let it happen twice.
    """

    taken: int
    lag: timedelta | None
    conflicts: int
    upcoming: datetime | None


def fire_due(cursor: Cursor, *, now: datetime, low: datetime = BEGINNING, n: int = BATCH, who: str) -> Pass:
    """Fire up to n clocks that fall due from `low` to `now`; rows that somebody has locked are left for later."""
    cursor.execute(FIRE_DUE, {"low": low, "now": now, "n": n, "who": who})
    return Pass(*cursor.fetchone())


def fire_one_by_one(cursor: Cursor, *, now: datetime, low: datetime = BEGINNING, n: int = BATCH, who: str) -> int:
    """Fire due clocks singly after a statement failed, and set aside those whose own data fail.

    They must not hold up the others, and are tried again each hour (`take_back`). What fails for another reason, a
    lock or a lost connection, is raised. Needs a connection in autocommit mode. Return how many were set aside.
    """
    cursor.execute(NAME_DUE, {"low": low, "now": now, "n": n})
    aside = 0
    for matter_id, clock_id in cursor.fetchall():
        try:
            cursor.execute(
                FIRE_ONE, {"low": low, "now": now, "n": 1, "who": who, "matter_id": matter_id, "clock_id": clock_id}
            )
        except POISON as fault:
            cursor.execute(PUT_ASIDE, [SET_ASIDE, matter_id, clock_id, now])
            log.error(  # noqa: TRY400 -- a database error's text may quote values
                "clock %s of matter %s cannot fire and is set aside: %s", clock_id, matter_id, type(fault).__name__
            )
            aside += 1
    return aside


def take_back(cursor: Cursor) -> None:
    """Arm again what was set aside, for whatever failed may be mended; if not, the alarm rings once more."""
    cursor.execute(TAKE_BACK, [SET_ASIDE])


def fire_everything(cursor: Cursor, *, now: datetime, who: str) -> int:
    """Fire all that is due by `now`, pass by pass. Return how many clocks were taken."""
    total = 0
    while taken := fire_due(cursor, now=now, n=STORM, who=who).taken:
        total += taken
    return total
