"""The database refuses every change of the audit trail."""

import pytest
from django.db import InternalError, ProgrammingError, connection

from members.actors import SYSTEM
from members.acts import act
from members.audit.models import Event
from tests.people import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    with act(actor=SYSTEM, at=AT) as this:
        this.record("complaint.acknowledged", detail={"code": "house"})
    return Event.objects.get()


def test_an_update_is_refused(event):
    """Checklist 23."""
    event.action = "complaint.closed"
    with pytest.raises(ProgrammingError, match="append-only: UPDATE refused"):
        event.save()


def test_a_delete_is_refused(event):
    """Checklist 23."""
    with pytest.raises(ProgrammingError, match="append-only: DELETE refused"):
        event.delete()


@pytest.mark.usefixtures("event")
def test_truncate_is_refused():
    """Checklist 23. The suite switches this one trigger off, because it cleans up by TRUNCATE; here it is on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_no_truncate")
        with pytest.raises((ProgrammingError, InternalError), match="append-only: TRUNCATE refused"):
            cursor.execute("TRUNCATE audit_event")


def test_an_event_names_actor_act_and_moment_and_when_it_was_written(event):
    event.refresh_from_db()
    assert (event.actor_kind, event.actor_id, event.actor_label) == ("system", None, "Redress")
    assert (event.action, event.at, event.detail) == ("complaint.acknowledged", AT, {"code": "house"})
    assert event.written_at > AT
