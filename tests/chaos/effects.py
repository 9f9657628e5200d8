"""What a real worker does for each firing of these clocks: it writes a row, and for some of them it sends an e-mail.

Workers learn it by Celery's own option, `--include tests.chaos.effects`. The table has no key on purpose: what happens
twice must show.
"""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.dispatch import receiver

from members.actors import SYSTEM
from members.acts import act
from slas.operations import enqueue
from slas.outbox import handles
from slas.signals import Fired, clock_breached, clock_warned
from tests.chaos.load import KIND

TABLE = """
CREATE TABLE IF NOT EXISTS chaos_effect (
  key text NOT NULL, pid integer NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())"""
CALL = "chaos.call"
CALLED_FOR, ONE_IN = "notify_lead", 20


def is_called_for(clock_id: UUID, code: int, action: str) -> bool:
    """Tell whether this effect is to reach outside as well; a mail for each would only test the mail catcher."""
    return (code, action) == (100, CALLED_FOR) and clock_id.int % ONE_IN == 0


def call_key(key: str) -> str:
    """Return the key of the call that an effect asks for."""
    return f"call:{key}"


@receiver((clock_warned, clock_breached))
def note(*, firings: Sequence[Fired], at: Any, **_others: Any) -> None:
    """Write a row for each firing, and ask for the calls, in the transaction that settles it."""
    ours = [fired for fired in firings if fired.clock.matter.kind == KIND]
    if not ours:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO chaos_effect (key, pid) VALUES (%s, %s)", [(fired.key, os.getpid()) for fired in ours]
        )
    with act(actor=SYSTEM, at=at) as this:
        for fired in ours:
            if is_called_for(fired.clock.id, fired.code, fired.action):
                enqueue(this=this, matter_id=fired.clock.matter_id, key=call_key(fired.key), topic=CALL, payload={})


@handles(CALL, in_transaction=False)
def call(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox passes all three
    """Reach outside, under the key."""
    headers = {"Message-ID": f"<{key}@chaos.example>"}
    EmailMessage("Chaos", key, settings.DEFAULT_FROM_EMAIL, ["lead@chaos.example"], headers=headers).send()
