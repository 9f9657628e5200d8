"""Announces firings: an outbox row of the sweep becomes a signal to whoever owns the matter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from slas.algebra import BREACH
from slas.models import Clock
from slas.outbox import FIRED, handles
from slas.queries import database_now
from slas.signals import Fired, clock_breached, clock_warned


@handles(FIRED)
def announce(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:
    """Send the signal, unless it is a warning of a date that no longer matters."""
    clock = Clock.objects.select_related("policy", "matter").get(matter_id=matter_id, id=UUID(payload["clock"]))
    code, epoch = payload["code"], payload["epoch"]
    if code < BREACH and (not clock.is_open or clock.epoch != epoch):
        return
    signal = clock_breached if code >= BREACH else clock_warned
    scheduled_for = datetime.fromisoformat(payload["at"])
    fired = Fired(clock, code, epoch, scheduled_for, payload["action"], key)
    signal.send(sender=Clock, firings=[fired], at=database_now())
