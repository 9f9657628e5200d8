"""The deadlines of the past: what fell due before now has its effects at its own time, and no mail is sent for it."""

from datetime import datetime

from django.db import connection

from complaints.correspondence.models import Dispatch
from complaints.correspondence.operations import MAKE_NOTICES
from complaints.notices.make import make_notices
from complaints.operations import record_sent
from slas.algebra import BREACH
from slas.announcements import fired_by
from slas.models import Clock, Firing, Outbox
from slas.outbox import FIRED, Effect
from slas.signals import clock_breached, clock_warned
from slas.sweep import fire_everything

WHO = "demonstration"


def live_through(*, now: datetime) -> None:
    """Fire all that fell due by now, as the sweep would have, and carry out its effects at the times it fell due."""
    with connection.cursor() as cursor:
        fire_everything(cursor, now=now, who=WHO)
    for effect in Outbox.objects.filter(topic=FIRED, settled_at=None).order_by("payload__at", "key"):
        _carry_out(effect)
    for effect in Outbox.objects.filter(topic=MAKE_NOTICES, settled_at=None):
        _make_notices(effect)
    settle_past(now=now)


def settle_past(*, now: datetime) -> None:
    """Count everything that was asked for before now as sent when it was asked for, and settled."""
    for dispatch in Dispatch.objects.filter(sent_at=None, requested_at__lt=now):
        record_sent(at=dispatch.requested_at, dispatch_id=dispatch.pk)
    Outbox.objects.filter(settled_at=None).update(published_at=now, settled_at=now)


def _carry_out(row: Outbox) -> None:
    clock = Clock.objects.select_related("policy", "matter").get(matter_id=row.matter_id, id=row.payload["clock"])
    firings = list(fired_by(Effect(row.matter_id, row.key, row.payload), clock))
    signal = clock_breached if firings[0].code >= BREACH else clock_warned
    signal.send(sender=Clock, firings=firings, at=firings[0].scheduled_for)


def _make_notices(row: Outbox) -> None:
    told = {"epoch": row.payload["epoch"], "code": row.payload["code"]}
    fired = Firing.objects.get(matter_id=row.matter_id, clock_id=row.payload["clock"], **told)
    make_notices(at=fired.scheduled_for, matter_id=row.matter_id, clock_id=fired.clock_id, **told)
