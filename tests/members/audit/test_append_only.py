"""The database refuses every change of the audit trail."""

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection

from members.actors import SYSTEM
from members.acts import act
from members.audit.models import Event
from tests.people import AT

pytestmark = pytest.mark.django_db
SWITCH_ON = """
ALTER TABLE audit_leaf ENABLE TRIGGER audit_leaf_no_truncate;
ALTER TABLE audit_checkpoint ENABLE TRIGGER audit_checkpoint_no_truncate"""


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


@pytest.mark.parametrize("table", ["audit_leaf", "audit_checkpoint"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE audit_leaf, audit_checkpoint"])
def test_the_chain_is_as_unchangeable_as_the_events(trail, table, act):
    """Checklist 23. By the superuser that the suite runs as, hence by the triggers."""
    trail(1)
    column = {"audit_leaf": "hash", "audit_checkpoint": "statement"}[table]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(SWITCH_ON)
        with pytest.raises((ProgrammingError, InternalError), match=r"append-only: [A-Z]+ refused"):
            cursor.execute(act.format(table, column, column))


@pytest.mark.parametrize(
    "row",
    [
        """INSERT INTO audit_checkpoint VALUES (2, '{"audit_checkpoint": 3}', decode(repeat('00', 64), 'hex'))""",
        """INSERT INTO audit_checkpoint VALUES (0, '{"audit_checkpoint": 0}', decode(repeat('00', 64), 'hex'))""",
        """INSERT INTO audit_checkpoint VALUES (2, '{"audit_checkpoint": 2}', 'short')""",
        "INSERT INTO audit_leaf VALUES (1, -1, gen_random_uuid(), decode(repeat('00', 32), 'hex'))",
        "INSERT INTO audit_leaf VALUES (1, 9, gen_random_uuid(), 'short')",
        "INSERT INTO audit_leaf SELECT 1, 9, event_id, hash FROM audit_leaf",
        "INSERT INTO audit_leaf VALUES (9, 0, gen_random_uuid(), decode(repeat('00', 32), 'hex'))",
    ],
)
def test_the_database_takes_no_row_into_the_chain_that_could_not_belong_there(trail, row):
    trail(1)
    with connection.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute(row)
