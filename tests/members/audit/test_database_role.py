"""Checklist 23: under the role that production runs with, the database itself refuses to change what is append-only."""

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

from members.audit.anchor import anchor_all
from members.audit.checks import check_rights
from members.audit.models import Checkpoint, Leaf, Pending
from members.audit.sealer import seal_all
from members.audit.verification import Verification
from members.privacy.signing import audit_key, audit_signer
from tests.members.audit.conftest import written
from tests.people import AT

ROLES = settings.BASE_DIR / "docs" / "database_roles.sql"


@pytest.fixture
def as_the_application(trail):
    """Seal something, then go on as the role that the file describes; the role ends with the test's transaction."""
    trail(2)
    with connection.cursor() as cursor:
        cursor.execute(psycopg.sql.SQL(ROLES.read_text()), None)
        cursor.execute("SET LOCAL ROLE redress_app")


@pytest.mark.usefixtures("as_the_application")
@pytest.mark.parametrize("table", ["audit_event", "audit_leaf", "audit_checkpoint"])
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE {} SET {column} = {column}",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "DROP TABLE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
    ],
)
def test_the_application_can_change_nothing_of_the_trail(table, act):
    column = {"audit_event": "action", "audit_leaf": "hash", "audit_checkpoint": "statement"}[table]
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        cursor.execute(act.format(table, column=column))


@pytest.mark.usefixtures("as_the_application")
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE audit_pending SET queued_at = now()",
        "TRUNCATE audit_pending",
        "DELETE FROM audit_anchored",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION audit_queue_events() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
def test_the_application_cannot_touch_what_keeps_the_trail(act):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        cursor.execute(act)


@pytest.mark.usefixtures("as_the_application")
def test_the_application_writes_seals_anchors_and_verifies(anchor):
    written(3)
    assert Pending.objects.count() == 3
    assert seal_all(signer=audit_signer(), at=AT) == 3
    anchor_all([str(anchor)], at=AT)
    assert (Pending.objects.count(), Leaf.objects.count(), Checkpoint.objects.count()) == (0, 5, 2)
    assert list(Verification(known_key=audit_key).findings()) == []


@pytest.mark.usefixtures("as_the_application")
def test_what_the_application_takes_out_of_the_queue_is_named():
    """It may delete there, for it is the sealer; so hiding an event from the seal has to show."""
    (event,) = written(1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_pending")
    (finding,) = Verification(known_key=audit_key).findings()
    assert (finding.wrong, finding.event_id) == ("event_inserted", event.pk)


@pytest.mark.usefixtures("as_the_application")
def test_the_file_can_be_run_again():
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(psycopg.sql.SQL(ROLES.read_text()), None)


KEPT = """
UPDATE disclosures_consent SET purpose = purpose
UPDATE disclosures_withdrawal SET withdrawn_at = withdrawn_at
UPDATE disclosures_disclosure SET basis = basis
TRUNCATE disclosures_consent, disclosures_withdrawal
UPDATE retention_erasure SET rule = rule
UPDATE retention_erasurelist SET asked_by_id = asked_by_id
UPDATE retention_listedcomplaint SET complaint_id = complaint_id
UPDATE retention_hold SET complaint_id = NULL
DELETE FROM retention_hold
DELETE FROM retention_listedcomplaint
ALTER TABLE retention_erasure DISABLE TRIGGER ALL
UPDATE slas_clockevent SET at = at
DELETE FROM slas_calendarversion
"""


@pytest.mark.usefixtures("as_the_application")
@pytest.mark.parametrize("act", KEPT.strip().splitlines())
def test_the_application_can_change_nothing_of_what_is_kept(act):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        cursor.execute(act)


@pytest.mark.usefixtures("as_the_application")
def test_the_application_locks_releases_and_seals_anew():
    with connection.cursor() as cursor:
        for table in ("disclosures_consent", "retention_hold", "retention_erasurelist", "slas_policyversion"):
            cursor.execute(f"SELECT FROM {table} FOR NO KEY UPDATE")
        cursor.execute("UPDATE retention_hold SET reason = reason, release_reason = release_reason")
        cursor.execute("UPDATE disclosures_consent SET recipient = recipient, evidence = evidence")
        cursor.execute("UPDATE disclosures_disclosure SET recipient = recipient, address = address, what = what")


@pytest.mark.django_db
def test_the_check_of_a_deployment_warns_of_every_table_that_a_role_could_change_against_its_triggers():
    (warning,) = check_rights(databases=["default"])
    tables = warning.msg.removeprefix("The database role of the application has the right to change ").strip(".")
    assert set(tables.split(", ")) >= {
        *(f"audit_{table}" for table in ("event", "leaf", "checkpoint")),
        *(f"disclosures_{table}" for table in ("consent", "withdrawal", "disclosure")),
        *(f"retention_{table}" for table in ("erasure", "hold")),
        *(f"slas_{table}" for table in ("clockevent", "calendarversion", "policyversion")),
    }
    assert "docs/database_roles.sql" in warning.hint


@pytest.mark.usefixtures("as_the_application")
@pytest.mark.parametrize(
    "right",
    ["UPDATE ON disclosures_withdrawal", "UPDATE (purpose) ON disclosures_consent", "UPDATE ON retention_erasure"],
)
def test_the_check_of_a_deployment_names_the_one_right_too_many(right):
    with connection.cursor() as cursor:
        cursor.execute(f"RESET ROLE; GRANT {right} TO redress_app; SET LOCAL ROLE redress_app")
    (warning,) = check_rights(databases=["default"])
    assert warning.msg.endswith(f"the right to change {right.split()[-1]}.")


@pytest.mark.usefixtures("as_the_application")
def test_the_check_of_a_deployment_is_content_with_the_role_of_the_file():
    assert check_rights(databases=["default"]) == []
