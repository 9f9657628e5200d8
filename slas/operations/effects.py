"""Asking for effects: rows of the outbox, and the ledger of thresholds that an act finds passed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from members.actors import ActorKind
from members.acts import Act
from slas.algebra import BREACH
from slas.fold import Face, State
from slas.models import Clock, Firing, Outbox
from slas.outbox import FIRED, fired_payload, firing_key
from slas.policy import Policy


def enqueue(
    *,
    this: Act,
    matter_id: UUID,
    key: str,
    topic: str,
    payload: Mapping[str, Any],
    not_before: datetime | None = None,
) -> None:
    """Have the handler of `topic` called after this act is committed and at `not_before` or later, at least once.

    The key names the effect: asking again with the same key and matter fails on the primary key. The payload holds
    ids and codes only.
    """
    # What waits on purpose is not behind: its age counts from then on.
    due = {"created_at": not_before, "next_try_at": not_before} if not_before else {}
    this.add(Outbox(matter_id=matter_id, key=key, topic=topic, payload=dict(payload), **due))


def record_passed(*, this: Act, clock: Clock, face: Face, policy: Policy) -> int:
    """Write the thresholds that passed before the clock ended and that no sweep has fired. Return how many.

    A breach has its effects as if the sweep had come in time. Warnings are moot now, and history sends nothing.
    """
    fired = clock.next_seq - 1
    passed = [
        (at, code)
        for at, code in zip(face.fire_ats[fired:], face.fire_codes[fired:], strict=True)
        if face.ended_at and at <= face.ended_at and not (face.state is State.MET and code >= BREACH)
    ]
    for at, code in passed:
        silent = code < BREACH or this.actor.kind is ActorKind.IMPORT
        this.add(
            Firing(
                matter_id=clock.matter_id,
                clock_id=clock.id,
                epoch=face.epoch,
                code=code,
                scheduled_for=at,
                clock_rev=clock.rev,
                suppressed=silent,
                sweeper="",
            )
        )
        if not silent and (actions := policy.actions[code]):
            enqueue(
                this=this,
                matter_id=clock.matter_id,
                key=firing_key(clock.id, face.epoch, code),
                topic=FIRED,
                payload=fired_payload(clock.id, face.epoch, code, at, actions),
            )
    return len(passed)
