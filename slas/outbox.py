"""The outbox: effects that must happen after the transaction that asked for them, at least once, under one key.

The relay takes rows in envelopes and hands their keys to Celery; the consumer settles them here. What is not settled in
time is handed out again, so a lost message, broker or worker costs time and nothing else. A handler runs inside the
transaction that settles its row, hence exactly once for its own database rows. A handler that reaches outside (mail)
runs without a transaction, under a claim that lapses if the worker dies; it must be idempotent by the key. It is tried
for two days, for a mail server may be away from Friday evening to Sunday.
"""

import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from slas.models import Outbox
from slas.relay import RESEND, TRIES, TRIES_OUTSIDE

log = logging.getLogger(__name__)

FIRED = "sla.fired"
RESTORED = "RestoredFromBackup"
"""The fault of what was held back by a restore."""
PATIENCE = timedelta(seconds=60)  # for one envelope, below the task's time limit
CLAIM = RESEND / 2  # for one call; with the patience before it, it has lapsed when the effect is handed out again
FIRST_WAIT, LONGEST_WAIT = 5, 3600

# Each row is looked up by its key (LATERAL with LIMIT): left to itself, the planner believes the index of open rows to
# be all but empty, and in a storm it read all of it for each envelope, 50 ms instead of 1.
OPEN = """
  FROM (SELECT * FROM unnest(%(matter_ids)s::uuid[], %(keys)s::varchar[]) given(matter_id, key) ORDER BY 1, 2) asked,
       LATERAL (SELECT * FROM slas_outbox
                 WHERE matter_id = asked.matter_id AND key = asked.key AND coalesce(settled_at, dead_at) IS NULL"""
LEFT = f"SELECT o.matter_id, o.key, o.topic {OPEN} LIMIT 1) o"
SETTLE = f"""
UPDATE slas_outbox SET settled_at = statement_timestamp(), fault = ''
  FROM (SELECT o.matter_id, o.key {OPEN} AND topic = ANY (%(topics)s) LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) o) mine
 WHERE slas_outbox.matter_id = mine.matter_id AND slas_outbox.key = mine.key
RETURNING slas_outbox.matter_id, slas_outbox.key, topic, payload"""  # noqa: S608 -- our own words

Pair = tuple[UUID, str]


class Effect(NamedTuple):
    """What a row of the outbox asks for."""

    matter_id: UUID
    key: str
    payload: dict[str, Any]


Handler = Callable[[UUID, str, dict[str, Any]], None]
BulkHandler = Callable[[Sequence[Effect]], None]
Parting = Callable[[Effect], Sequence[Effect]]


@dataclass(frozen=True, slots=True)
class _Registered:
    call: BulkHandler
    in_transaction: bool = True
    given_up: Handler | None = None
    apart: Parting | None = None

    @property
    def tries(self) -> int:
        """Return how often it is tried before it is set aside."""
        return TRIES if self.in_transaction else TRIES_OUTSIDE


_handlers: dict[str, _Registered] = {}


class HandlerMissing(LookupError):
    """Nobody handles this topic in this process."""


def handles(
    topic: str, *, in_transaction: bool = True, given_up: Handler | None = None
) -> Callable[[Handler], Handler]:
    """Register the function that makes the effects of a topic happen: handler(matter_id, key, payload).

    It must be idempotent by (matter_id, key); raise to be tried again. With `in_transaction` it shares the transaction
    that settles its row; without, it runs in none, as everything that waits for the network must. `given_up` is called
    like it, once, in the transaction that sets an effect aside which has used up its tries: somebody has to know.
    """

    def register(handler: Handler) -> Handler:
        def call(effects: Sequence[Effect]) -> None:
            for effect in effects:
                handler(*effect)

        _handlers[topic] = _Registered(call, in_transaction, given_up)
        return handler

    return register


def handles_together(topic: str, *, apart: Parting | None = None) -> Callable[[BulkHandler], BulkHandler]:
    """Register the function that makes many effects of a topic happen at once: handler(effects).

    It shares the transaction that settles them, and should need as many queries for two hundred as for one. If it
    raises, each effect is tried alone, so that a bad one does not hold up the others. `apart` names the parts of an
    effect that has several: if it fails alone, each part becomes an effect of its own, under a key of its own.
    """

    def register(handler: BulkHandler) -> BulkHandler:
        _handlers[topic] = _Registered(handler, apart=apart)
        return handler

    return register


def firing_key(clock_id: UUID, epoch: int, code: int) -> str:
    """Return the key of one firing; a failover that loses the last commits fires again under the same."""
    return f"sla:{clock_id}:{epoch}:{code}"


def effect_key(clock_id: UUID, epoch: int, code: int, action: str) -> str:
    """Return the key of one action of one firing."""
    return f"{firing_key(clock_id, epoch, code)}:{action}"


def fired_payload(
    clock_id: UUID, epoch: int, code: int, scheduled_for: datetime, actions: Sequence[str]
) -> dict[str, Any]:
    """Return what the handler of a firing is told; the sweep builds the same in SQL."""
    return {
        "clock": str(clock_id),
        "epoch": epoch,
        "code": code,
        "at": scheduled_for.isoformat(),
        "actions": list(actions),
    }


def settle(pairs: Sequence[Pair], *, patience: timedelta = PATIENCE) -> int:
    """Make the effects of one envelope happen, unless they have. Return how many did.

    Those that live in the database share one transaction, and are tried one by one if it fails. Then come those that
    reach outside; what is left when patience ends is handed back untried. Faults are noted on their rows.
    """
    begun = time.monotonic()
    together = _settle_together(pairs)
    done = together or 0
    if done == len(pairs):
        return done
    outside: list[Pair] = []
    for matter_id, key, topic in _ask(LEFT, pairs):
        pair, handler = (matter_id, key), _handlers.get(topic)
        if handler is None:
            note_fault(pair, HandlerMissing(topic))
        elif not handler.in_transaction:
            outside.append(pair)
        elif together is None:  # else another worker is at it
            done += _attempt(_settle_alone, pair)
    for index, pair in enumerate(outside):
        if time.monotonic() - begun > patience.total_seconds():
            _hand_back(outside[index:])
            break
        done += _attempt(_settle_outside, pair)
    return done


def _ask(sql: str, pairs: Sequence[Pair], **values: Any) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {"matter_ids": [matter_id for matter_id, _ in pairs], "keys": [key for _, key in pairs]}
    with connection.cursor() as cursor:
        cursor.execute(sql, asked | values)
        return cursor.fetchall()


def _settle_together(pairs: Sequence[Pair]) -> int | None:
    """Settle all that live in the database in one transaction. Return how many, or None if it failed."""
    try:
        with transaction.atomic():
            return _settle_inside(pairs)
    except Exception:  # noqa: BLE001 -- which of them raised is found by trying each alone
        return None


def _settle_alone(pair: Pair) -> int:
    with transaction.atomic():
        return _settle_inside([pair])


def _settle_inside(pairs: Sequence[Pair]) -> int:
    """Mark them settled and have them happen, in the caller's transaction; what another worker holds is left to it."""
    topics = [topic for topic, handler in _handlers.items() if handler.in_transaction]
    rows = _ask(SETTLE, pairs, topics=topics)
    effects = defaultdict(list)
    for matter_id, key, topic, payload in sorted(rows):
        effects[topic].append(Effect(matter_id, key, json.loads(payload)))
    for topic in sorted(effects):  # in one order everywhere, so that two envelopes do not lock each other's matters
        _handlers[topic].call(effects[topic])
    return len(rows)


def _settle_outside(pair: Pair) -> int:
    row = _todo([pair])
    if not row.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now())).update(claimed_until=Now() + CLAIM):
        return 0
    topic, payload = row.values_list("topic", "payload").get()
    _handlers[topic].call([Effect(*pair, payload)])
    return row.update(settled_at=Now(), claimed_until=None, fault="")


def _attempt(settle_one: Callable[[Pair], int], pair: Pair) -> int:
    try:
        return settle_one(pair)
    except Exception as fault:  # noqa: BLE001 -- whatever a handler raises, this row waits and the others go on
        if not _take_apart(pair, fault):
            note_fault(pair, fault)
        return 0


def _take_apart(pair: Pair, fault: Exception) -> bool:
    """Replace an effect that failed by one for each of its parts, if it has several. Return whether it had."""
    with transaction.atomic():
        row = _todo([pair]).select_for_update(no_key=True, of=("self",)).first()
        apart = _handlers[row.topic].apart if row else None
        parts = apart(Effect(*pair, row.payload)) if row and apart else ()
        if row is None or len(parts) < 2:  # noqa: PLR2004 -- of one part there is nothing to take apart
            return False
        rows = [Outbox(matter_id=part.matter_id, key=part.key, topic=row.topic, payload=part.payload) for part in parts]
        Outbox.objects.bulk_create(rows, ignore_conflicts=True)
        _todo([pair]).update(settled_at=Now(), fault="")
    log.warning("outbox: %s failed (%s); its %d parts go on alone", pair[1], type(fault).__name__, len(parts))
    return True


def _todo(pairs: Sequence[Pair]) -> QuerySet[Outbox]:
    return Outbox.objects.alias(over_at=Coalesce("settled_at", "dead_at")).filter(pk__in=pairs, over_at__isnull=True)


def note_fault(pair: Pair, fault: Exception) -> None:
    """Note the class of a fault, never its text, which may quote a member; wait longer each time, then give up."""
    name, rows = type(fault).__name__, _todo([pair])
    topic, attempts = rows.values_list("topic", "attempts").first() or ("", 0)
    handler = _handlers.get(topic)
    if attempts >= (handler.tries if handler else TRIES):
        if _give_up(pair, name):
            log.error("outbox: %s gave up after %d tries (%s)", pair[1], attempts, name)
        return
    wait = timedelta(seconds=min(FIRST_WAIT * 3 ** max(attempts - 1, 0), LONGEST_WAIT))
    rows.update(next_try_at=Now() + wait, claimed_until=None, fault=name)
    log.warning("outbox: %s failed (%s), try %d; again in %s", pair[1], name, attempts, wait)


def _give_up(pair: Pair, fault: str) -> bool:
    """Set an effect aside for good and tell whoever asked for it, in one transaction. Return whether it was open."""
    with transaction.atomic():
        row = _todo([pair]).select_for_update(no_key=True, of=("self",)).first()
        if row is None:
            return False
        _todo([pair]).update(dead_at=Now(), claimed_until=None, fault=fault)
        handler = _handlers.get(row.topic)
        if handler is not None and handler.given_up is not None:
            handler.given_up(*pair, row.payload)
    return True


def _hand_back(pairs: Sequence[Pair]) -> None:
    _todo(pairs).filter(attempts__gt=0).update(attempts=F("attempts") - 1, next_try_at=Now())


def bury() -> int:
    """Give up on rows that used up their tries without a word, as those do that kill their worker. Return how many."""
    used_up = Q(attempts__gte=TRIES, fault="") | Q(attempts__gte=TRIES_OUTSIDE)
    silent = Outbox.objects.filter(used_up, settled_at__isnull=True, dead_at__isnull=True, next_try_at__lte=Now())
    pairs = list(silent.values_list("pk", "fault"))
    if buried := sum(_give_up(pair, fault) for pair, fault in pairs):
        log.error("outbox: %d effects used up their tries without an answer", buried)
    return buried


def hold_back_outside(at: datetime) -> int:
    """Set aside everything open that reaches outside, for it may have happened already. Return how many.

    After a restore nobody knows what was sent between the backup and its end; people have it tried again.
    """
    topics = [topic for topic, handler in _handlers.items() if not handler.in_transaction]
    rows = Outbox.objects.filter(topic__in=topics, settled_at__isnull=True, dead_at__isnull=True)
    return rows.update(dead_at=at, claimed_until=None, fault=RESTORED)


def forget_settled(before: datetime) -> int:
    """Delete effects that were settled before then; the ledger and the audit trail keep what happened."""
    return Outbox.objects.filter(settled_at__lt=before).delete()[0]
