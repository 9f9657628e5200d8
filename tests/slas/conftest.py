"""Fixtures of the deadline engine's tests."""

import pytest
from django.db import connection

from members.actors import Role
from slas import outbox
from slas.models import Matter
from slas.outbox import handles
from tests.people import actor_of, staff
from tests.slas.effects import Refused

COMMITTED = "slas_matter, slas_clock, slas_clockevent, slas_firing, slas_outbox, slas_sweeper"


@pytest.fixture
def committed(django_db_setup, django_db_blocker):  # noqa: ARG001 -- the database must be there
    """Let a test commit, as other sessions must see what it does, and empty afterwards what the engine writes to.

    This is pytest-django's transactional database without its flush, which empties every table of the house.
    """
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {COMMITTED} CASCADE")


@pytest.fixture
def own_topics(monkeypatch):
    """Let a test say what handles a topic, and forget it afterwards."""
    monkeypatch.setattr(outbox, "_handlers", dict(outbox._handlers))


@pytest.fixture
def calls(own_topics):  # noqa: ARG001 -- the fixture is wanted for what it does
    """Handle topic "inside" and topic "outside"; a payload with "fails" raises after it was noted."""
    made = []

    def handler(matter_id, key, payload):
        made.append((matter_id, key, payload))
        Matter.objects.filter(pk=matter_id).update(kind=f"touched by {key}")
        if payload.get("fails"):
            raise Refused("Mrs. Alvarez is ill")

    handles("inside")(handler)
    handles("outside", in_transaction=False)(handler)
    return made


@pytest.fixture
def author():
    return actor_of(staff(Role.QUALITY_MANAGER, name="A. Uthor"))


@pytest.fixture
def second():
    return actor_of(staff(Role.QUALITY_MANAGER, name="S. Econd"))
