"""Clocks of the tests, made by the real operations."""

import json
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.db import connection

from members.actors import SYSTEM, Actor, ActorKind, Role
from members.acts import act
from slas.models import Clock, ClockEvent, Firing, Outbox, PolicyVersion
from slas.operations import complete_clock, extend_clock, open_matter, pause_clock, resume_clock, start_clock
from slas.queries import database_now

HOUR = timedelta(hours=1)
QUALITY = Actor(ActorKind.USER, "P. Okafor", user_id=uuid4(), roles=frozenset({Role.QUALITY_MANAGER}))


@contextmanager
def acting(at, actor=SYSTEM):
    with act(actor=actor, at=at) as this:
        yield this


def open_one(at, actor=SYSTEM):
    with acting(at, actor) as this:
        return open_matter(this=this, kind="drill", time_zone="America/New_York", language="en")


def start(obligation, started_at, *, at=None, track=None, matter=None, actor=SYSTEM, **given):
    """Return a running clock of the house pack, on a matter of its own unless one is given."""
    with acting(at or started_at, actor) as this:
        matter = matter or open_matter(this=this, kind="drill", time_zone="America/New_York", language="en")
        return start_clock(this=this, matter=matter, obligation=obligation, track=track, started_at=started_at, **given)


def clocks_of(matter_id):
    """Return every clock of one matter, ended ones too, in order of kind and cycle."""
    return list(Clock.objects.filter(matter_id=matter_id).order_by("kind", "cycle"))


def complete(clock, at, actor=SYSTEM):
    with acting(at, actor) as this:
        complete_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at)
    return fresh(clock)


def pause(clock, at, *, told_at=None):
    with acting(told_at or at) as this:
        pause_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at, reason="waiting_for_member")
    return fresh(clock)


def resume(clock, at, *, told_at=None):
    with acting(told_at or at) as this:
        resume_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at)
    return fresh(clock)


def extend(clock, actor, amount, *, at):
    with acting(at, actor) as this:
        kind = {"matter_id": clock.matter_id, "kind": clock.kind}
        extend_clock(this=this, **kind, at=at, amount=amount, reason="dependency")
    return fresh(clock)


def fresh(clock):
    return Clock.objects.get(pk=clock.pk)


def events(clock):
    rows = ClockEvent.objects.filter(clock_id=clock.id).order_by("rev")
    return [(row.rev, row.kind, row.at) for row in rows]


def firings(clock=None):
    rows = Firing.objects.filter(clock_id=clock.id) if clock else Firing.objects.all()
    return [(row.code, row.scheduled_for, row.suppressed) for row in rows.order_by("epoch", "code")]


def outbox_keys(clock):
    """Return the actions that the clock's firings put into the outbox, as epoch:code:action."""
    prefix = f"sla:{clock.id}:"
    rows = Outbox.objects.filter(matter_id=clock.matter_id, key__startswith=prefix).values_list("key", "payload")
    return sorted(f"{key.removeprefix(prefix)}:{action}" for key, told in rows for action in told["actions"])


def started_so_that_it_is_due_in(delta, obligation="message_reply"):
    """Return a clock that counts 24 hours and has all but `delta` of them behind it."""
    now = database_now()
    return start(obligation, now - 24 * HOUR + delta, at=now)


@contextmanager
def malformed_actions(clock):
    """Give the clock's policy actions that no publication would let pass, for a while."""
    row = PolicyVersion.objects.get(pk=clock.policy_id)
    for actions in ({"100": "all"}, row.actions):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE slas_policyversion DISABLE TRIGGER USER")
            cursor.execute(
                "UPDATE slas_policyversion SET actions = %s WHERE id = %s", [json.dumps(actions), clock.policy_id]
            )
            cursor.execute("ALTER TABLE slas_policyversion ENABLE TRIGGER USER")
        if actions is not row.actions:
            yield
