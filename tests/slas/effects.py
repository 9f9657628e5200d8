"""Effects of the tests: asked for by an act, and handed out by the relay."""

from uuid import UUID

from django.db import connection

from slas.models import Outbox
from slas.operations import enqueue
from slas.relay import take_envelope
from tests.slas.calendars import utc
from tests.slas.clocks import acting, open_one

MONDAY = utc(2026, 6, 1, 14)


class Refused(Exception):
    """What a handler raises here."""


def ask(key, topic="inside", **payload):
    matter = open_one(MONDAY)
    with acting(MONDAY) as this:
        enqueue(this=this, matter_id=matter.pk, key=key, topic=topic, payload=payload)
    return matter.pk, key


def take(**options):
    with connection.cursor() as cursor:
        return [(UUID(matter_id), key) for matter_id, key in take_envelope(cursor, **options)]


def row(pair):
    return Outbox.objects.get(pk=pair)
