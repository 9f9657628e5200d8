"""Thresholds that are reached, announced as slas.announcements does, and as the outbox holds them."""

from datetime import timedelta

from slas.algebra import BREACH
from slas.models import Clock, Outbox
from slas.outbox import FIRED, effect_key, fired_payload, firing_key
from slas.queries import open_clocks
from slas.signals import Fired, clock_breached, clock_warned

WARNED, BREACHED = 80, BREACH
ALL = ("notify_owner", "notify_lead", "raise_priority")


def clock_of(row, kind="acknowledge"):
    return next(clock for clock in open_clocks([row.pk])[row.pk] if clock.kind == kind)


def firings(clock, *actions, code=BREACHED):
    return [
        Fired(clock, code, clock.epoch, clock.due_at, action, effect_key(clock.id, clock.epoch, code, action))
        for action in actions
    ]


def firings_of(rows, *actions, code=BREACHED, kind="acknowledge"):
    """Return an envelope: these actions of one threshold of each complaint."""
    clocks = Clock.objects.filter(matter_id__in=[row.pk for row in rows], kind=kind)
    found = clocks.select_related("matter", "policy").order_by("matter_id")
    return [fired for clock in found for fired in firings(clock, *actions, code=code)]


def fire(clock, *actions, code=BREACHED, at=None):
    signal = clock_breached if code >= BREACHED else clock_warned
    clock = Clock.objects.select_related("policy", "matter").get(matter_id=clock.matter_id, id=clock.id)
    at = at or clock.due_at + timedelta(seconds=1)
    signal.send(sender=Clock, firings=firings(clock, *actions, code=code), at=at)


def in_outbox(rows, *actions, code=BREACHED):
    """Put one firing of each complaint into the outbox, as the sweep does; return their keys."""
    effects = [
        Outbox(
            matter_id=row.pk,
            key=firing_key(clock.id, clock.epoch, code),
            topic=FIRED,
            payload=fired_payload(clock.id, clock.epoch, code, clock.due_at, actions),
        )
        for row, clock in ((row, clock_of(row)) for row in rows)
    ]
    Outbox.objects.bulk_create(effects)
    return [effect.pk for effect in effects]
