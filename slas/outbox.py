"""The outbox: effects that must happen after the transaction that asked for them, at least once, under one key.

The relay takes rows in envelopes and hands their keys to Celery; the consumer settles them here. What is not settled in
time is handed out again, so a lost message, broker or worker costs time and nothing else. A handler runs inside the
transaction that settles its row, hence exactly once for its own database rows. A handler that reaches outside (mail)
runs without a transaction, under a claim that lapses if the worker dies; it must be idempotent by the key. It is tried
for two days, for a mail server may be away from Friday evening to Sunday.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from slas.models import Outbox
from slas.relay import RESEND, TRIES, TRIES_OUTSIDE

log = logging.getLogger(__name__)

FIRED = "sla.fired"
PATIENCE = timedelta(seconds=60)  # for one envelope, below the task's time limit
FIRST_WAIT, LONGEST_WAIT = 5, 3600
Pair = tuple[UUID, str]
Handler = Callable[[UUID, str, dict[str, Any]], None]
Effect = tuple[Pair, Handler]


@dataclass(frozen=True, slots=True)
class _Registered:
    call: Handler
    in_transaction: bool
    given_up: Handler | None

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
        _handlers[topic] = _Registered(handler, in_transaction, given_up)
        return handler

    return register


def effect_key(clock_id: UUID, epoch: int, code: int, action: str) -> str:
    """Return the key of one action of one firing; a failover that loses the last commits fires again under the same."""
    return f"sla:{clock_id}:{epoch}:{code}:{action}"


def fired_payload(clock_id: UUID, epoch: int, code: int, scheduled_for: datetime, action: str) -> dict[str, Any]:
    """Return what the handler of a firing is told; the sweep builds the same in SQL."""
    return {
        "clock": str(clock_id),
        "epoch": epoch,
        "code": code,
        "at": scheduled_for.isoformat(),
        "action": action,
    }


def settle(pairs: Sequence[Pair], *, patience: timedelta = PATIENCE) -> int:
    """Make the effects of one envelope happen, unless they have. Return how many did.

    Those that live in the database share one transaction, and are tried one by one if it fails. Then come those that
    reach outside; what is left when patience ends is handed back untried. Faults are noted on their rows.
    """
    begun = time.monotonic()
    topics = dict(Outbox.objects.filter(pk__in=pairs).values_list("pk", "topic"))
    inside: list[Effect] = []
    outside: list[Effect] = []
    for pair in sorted(topics):  # in one order everywhere, so that two envelopes do not lock each other's matters
        handler = _handlers.get(topics[pair])
        if handler is None:
            note_fault(pair, HandlerMissing(topics[pair]))
        else:
            (inside if handler.in_transaction else outside).append((pair, handler.call))
    done = _settle_together(inside)
    for index, effect in enumerate(outside):
        if time.monotonic() - begun > patience.total_seconds():
            _hand_back([pair for pair, _ in outside[index:]])
            break
        done += _attempt(_settle_outside, effect)
    return done


def _settle_together(effects: Sequence[Effect]) -> int:
    try:
        with transaction.atomic():
            return _settle_inside(effects)
    except Exception:  # noqa: BLE001 -- which of them raised is found by trying each alone
        return sum(_attempt(_settle_alone, effect) for effect in effects)


def _settle_alone(effect: Effect) -> int:
    with transaction.atomic():
        return _settle_inside([effect])


def _settle_inside(effects: Sequence[Effect]) -> int:
    calls = dict(effects)
    rows = _todo(list(calls)).select_for_update(no_key=True, skip_locked=True, of=("self",))
    locked = list(rows.order_by("matter_id", "key"))
    for row in locked:
        calls[row.matter_id, row.key](row.matter_id, row.key, row.payload)
    return _todo([(row.matter_id, row.key) for row in locked]).update(settled_at=Now(), fault="") if locked else 0


def _settle_outside(effect: Effect) -> int:
    (matter_id, key), call = effect
    row = _todo([(matter_id, key)])
    if not row.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now())).update(claimed_until=Now() + RESEND):
        return 0
    call(matter_id, key, row.values_list("payload", flat=True).get())
    return row.update(settled_at=Now(), claimed_until=None, fault="")


def _attempt(settle_one: Callable[[Effect], int], effect: Effect) -> int:
    try:
        return settle_one(effect)
    except Exception as fault:  # noqa: BLE001 -- whatever a handler raises, this row waits and the others go on
        note_fault(effect[0], fault)
        return 0


def _todo(pairs: Sequence[Pair]) -> QuerySet[Outbox]:
    return Outbox.objects.filter(pk__in=pairs, settled_at__isnull=True, dead_at__isnull=True)


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


def forget_settled(before: datetime) -> int:
    """Delete effects that were settled before then; the ledger and the audit trail keep what happened."""
    return Outbox.objects.filter(settled_at__lt=before).delete()[0]
