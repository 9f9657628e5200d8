"""The outbox: effects that must happen after the transaction that asked for them, at least once, under one key.

The relay takes rows in envelopes and hands their keys to Celery; the consumer settles them here. What is not settled in
time is handed out again, so a lost message, broker or worker costs time and nothing else. A handler runs inside the
transaction that settles its row, hence exactly once for its own database rows. A handler that reaches outside (mail)
runs without a transaction, under a claim that lapses if the worker dies; it must be idempotent by the key.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from slas.models import Outbox

log = logging.getLogger(__name__)

FIRED = "sla.fired"
RESEND = timedelta(seconds=120)
TRIES = 10
Handler = Callable[[UUID, str, dict[str, Any]], None]

# Attempts are counted when a row is handed out: also a worker that dies of a row uses them up.
TAKE = """
UPDATE slas_outbox o
   SET published_at = now(), attempts = o.attempts + 1, next_try_at = now() + %(resend)s
  FROM (SELECT matter_id, key FROM slas_outbox
         WHERE settled_at IS NULL AND dead_at IS NULL AND next_try_at <= now() AND attempts < %(tries)s
         ORDER BY next_try_at LIMIT %(n)s FOR NO KEY UPDATE SKIP LOCKED) due
 WHERE o.matter_id = due.matter_id AND o.key = due.key
RETURNING o.matter_id::text, o.key"""


@dataclass(frozen=True, slots=True)
class _Registered:
    call: Handler
    in_transaction: bool


_handlers: dict[str, _Registered] = {}


class HandlerMissing(LookupError):
    """Nobody handles this topic in this process."""


def handles(topic: str, *, in_transaction: bool = True) -> Callable[[Handler], Handler]:
    """Register the function that makes the effects of a topic happen: handler(matter_id, key, payload).

    It must be idempotent by (matter_id, key); raise to be tried again. With `in_transaction` it shares the transaction
    that settles its row; without, it runs in none, as everything that waits for the network must.
    """

    def register(handler: Handler) -> Handler:
        _handlers[topic] = _Registered(handler, in_transaction)
        return handler

    return register


def effect_key(clock_id: UUID, epoch: int, code: int, action: str) -> str:
    """Return the key of one action of one firing; a failover that loses the last commits fires again under the same."""
    return f"sla:{clock_id}:{epoch}:{code}:{action}"


def fired_payload(clock_id: UUID, code: int, scheduled_for: datetime, action: str) -> dict[str, Any]:
    """Return what the handler of a firing is told; the sweep builds the same in SQL."""
    return {"clock": str(clock_id), "code": code, "at": scheduled_for.isoformat(), "action": action}


def settle(matter_id: UUID, key: str) -> bool:
    """Make one effect happen, unless it has. Return whether it did. A fault is noted and the effect is tried again later."""
    row = Outbox.objects.filter(matter_id=matter_id, key=key).values_list("topic", flat=True).first()
    if row is None:  # the transaction that asked for it was lost in a failover; it will ask again under the same key
        return False
    handler = _handlers.get(row)
    try:
        if handler is None:
            raise HandlerMissing(row)  # noqa: TRY301 -- noted like any other fault, so that it ends as a dead letter
        return _settle_inside(matter_id, key, handler.call) if handler.in_transaction else _settle_outside(matter_id, key, handler.call)
    except Exception as fault:  # noqa: BLE001 -- whatever a handler raises, this row waits and the others go on
        note_fault(matter_id, key, fault)
        return False


def _settle_inside(matter_id: UUID, key: str, call: Handler) -> bool:
    with transaction.atomic():
        row = _todo(matter_id, key).select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
        if row is None:
            return False
        call(matter_id, key, row.payload)
        _settled(matter_id, key)
    return True


def _settle_outside(matter_id: UUID, key: str, call: Handler) -> bool:
    claimed = _todo(matter_id, key).filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now()))
    if not claimed.update(claimed_until=Now() + RESEND):
        return False
    payload = Outbox.objects.values_list("payload", flat=True).get(matter_id=matter_id, key=key)
    call(matter_id, key, payload)
    _settled(matter_id, key)
    return True


def _todo(matter_id: UUID, key: str) -> Any:
    return Outbox.objects.filter(matter_id=matter_id, key=key, settled_at__isnull=True, dead_at__isnull=True)


def _settled(matter_id: UUID, key: str) -> None:
    _todo(matter_id, key).update(settled_at=Now(), claimed_until=None, fault="")


def note_fault(matter_id: UUID, key: str, fault: Exception) -> None:
    """Note the class of a fault, never its text, which may quote a member; wait longer each time, and give up at last."""
    name = type(fault).__name__
    rows = _todo(matter_id, key)
    attempts = rows.values_list("attempts", flat=True).first() or 0
    if attempts >= TRIES:
        rows.update(dead_at=Now(), claimed_until=None, fault=name)
        log.error("outbox: %s gave up after %d tries (%s)", key, attempts, name)
    else:
        wait = timedelta(seconds=min(5 * 3 ** max(attempts - 1, 0), 3600))
        rows.update(next_try_at=Now() + wait, claimed_until=None, fault=name)
        log.warning("outbox: %s failed (%s), try %d; again in %s", key, name, attempts, wait)


def bury() -> int:
    """Give up on rows that used up their tries without a word, as when they kill their worker. Return how many."""
    silent = Outbox.objects.filter(
        settled_at__isnull=True, dead_at__isnull=True, attempts__gte=TRIES, next_try_at__lte=Now()
    )
    if buried := silent.update(dead_at=Now(), claimed_until=None, fault=F("fault")):
        log.error("outbox: %d effects gave up after %d tries without an answer", buried, TRIES)
    return buried


def take(n: int, resend: timedelta = RESEND) -> list[tuple[str, str]]:
    """Hand out up to n effects that are due, as (matter id, key); they are due again after `resend`."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"n": n, "resend": resend, "tries": TRIES})
        return list(cursor.fetchall())


def settle_all(pairs: Iterable[tuple[UUID, str]]) -> int:
    """Settle an envelope of effects, each on its own. Return how many happened."""
    return sum(settle(matter_id, key) for matter_id, key in pairs)
