"""Takes effects out of the outbox in envelopes. Plain SQL over any cursor, like the sweep."""

from datetime import timedelta

from django.conf import settings

from slas.sweep import Cursor

ENVELOPE = 500
RESEND: timedelta = settings.RESEND_AFTER  # unsettled for so long, an effect is handed out again
TRIES = 10  # for what happens in the database, and for what gives no answer, as that which kills its worker
TRIES_OUTSIDE = 55  # for what reaches outside and says why it failed: with the waits between them, over 48 hours

# Attempts are counted when a row is handed out, so that one which kills its worker uses them up too. Marking and
# sending share a transaction: a broker that is away takes the attempts back, hence an outage makes no dead letters.
# Materialized: as a subquery of the join it may be asked anew for each row, and then LIMIT limits nothing.
TAKE = """
WITH due AS MATERIALIZED (
  SELECT matter_id, key FROM slas_outbox
   WHERE settled_at IS NULL AND dead_at IS NULL AND next_try_at <= statement_timestamp()
     AND attempts < CASE WHEN fault = '' THEN %(tries)s ELSE %(tries_outside)s END
   ORDER BY next_try_at LIMIT %(n)s FOR NO KEY UPDATE SKIP LOCKED)
UPDATE slas_outbox o
   SET published_at = statement_timestamp(), attempts = o.attempts + 1, next_try_at = statement_timestamp() + %(resend)s
  FROM due
 WHERE o.matter_id = due.matter_id AND o.key = due.key
RETURNING o.matter_id::text, o.key"""


def take_envelope(cursor: Cursor, *, n: int = ENVELOPE, resend: timedelta = RESEND) -> list[tuple[str, str]]:
    """Hand out up to n effects that are due, as (matter id, key). They are due again after `resend`."""
    cursor.execute(TAKE, {"n": n, "resend": resend, "tries": TRIES, "tries_outside": TRIES_OUTSIDE})
    return list(cursor.fetchall())
