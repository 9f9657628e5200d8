"""CAPAs that stood in clear are sealed where they stand, and nothing of them is left in clear in the tables' files."""

import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest
from django.db import connection
from psycopg.sql import SQL, Identifier

from tests.members.backup.conftest import House, server

CAPAS, LAST = 1_203, "ffffffff-ffff-7fff-bfff-ffffffffffff"
IN_CLEAR = f"""
SET session_replication_role = replica;
INSERT INTO capa_capa (matter_id, reference, title, problem, cause, state, owner_id, criterion, verdict_reason,
  check_on, planned_at, opened_at)
SELECT CASE WHEN n = {CAPAS} THEN '{LAST}' ELSE gen_random_uuid() END, 'CAPA-' || n, 'About Mrs. Wiltshire ' || n,
  '\\x00', 'claim_coding', 'planned', gen_random_uuid(), 'Wiltshire is called back', '', now(), now(), now()
  FROM generate_series(1, {CAPAS}) AS n;
INSERT INTO capa_capaaction (matter_id, capa_id, kind, description, owner_id, due_on, added_at)
SELECT gen_random_uuid(), '{LAST}', 'corrective', 'Write to Wiltshire ' || n, gen_random_uuid(), now(), now()
  FROM generate_series(1, {CAPAS}) AS n;
ANALYZE capa_capa;
"""  # noqa: S608 -- constants of ours
OPENED = """
from datetime import UTC, datetime
from complaints.capa.models import Capa, CapaAction
from members.actors import SYSTEM
from members.privacy.access import phi_access
with phi_access(actor=SYSTEM, purpose="a test", at=datetime.now(UTC)):
    capas, actions = (model.objects.unscoped("a test").all() for model in (Capa, CapaAction))
    print({(row.title[:20], row.criterion, row.verdict_reason) for row in capas})
    print({row.description[:18] for row in actions})
"""
SEALED = "SELECT count(*) FROM capa_capa WHERE title IS NOT NULL"
WAITING = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def house(django_db_setup, django_db_blocker, tmp_path):  # noqa: ARG001 -- the server must be there
    """Return a database as it was before the words were sealed, with more CAPAs than two batches."""
    with django_db_blocker.unblock():
        made = House(f"{connection.settings_dict['NAME']}_words", tmp_path / "words").emptied()
        done = made.manage("migrate", "capa", "0003")
        assert done.returncode == 0, done.stderr
        with made.connected() as asking:
            asking.execute(IN_CLEAR)
        yield made
        with server() as asking:
            asking.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(made.name)))


def holders_of_words(house: House) -> set[str]:
    """Return the tables whose files hold the words in clear."""
    tables = ("capa_capa", "capa_capaaction", "pg_statistic")
    with house.connected() as asking:
        asking.execute("CHECKPOINT")
        content = "SELECT pg_read_binary_file(pg_relation_filepath(%s))"
        return {name for name in tables if b"Wiltshire" in asking.execute(content, [name]).fetchone()[0]}


def break_off_halfway(house: House) -> None:
    """Let the migration come as far as a row that somebody holds, and end its connection there."""
    with house.connected() as holding, ThreadPoolExecutor(1) as beside:
        holding.execute("SELECT FROM capa_capa WHERE matter_id = %s FOR UPDATE", [LAST])
        migrating = beside.submit(house.manage, "migrate", "capa", "0005")
        while not migrating.done() and not house.ask(WAITING):
            time.sleep(0.1)
        assert migrating.result().returncode != 0


def test_what_stood_in_clear_is_sealed_even_if_that_is_broken_off_halfway(house):
    assert holders_of_words(house) == {"capa_capa", "capa_capaaction", "pg_statistic"}
    assert house.manage("migrate", "capa", "0004").returncode == 0
    break_off_halfway(house)
    assert house.ask(SEALED) == [(1_000,)]

    done = house.manage("migrate")
    assert done.returncode == 0, done.stderr
    assert holders_of_words(house) == set()
    opened = house.manage("shell", "-v0", "-c", OPENED).stdout.splitlines()
    assert opened == ["{('About Mrs. Wiltshire', 'Wiltshire is called back', None)}", "{'Write to Wiltshire'}"]


def test_a_session_that_may_not_be_looked_into_may_be_older_too(house):
    """Of other roles' sessions a plain owner of the tables is not told since when they are at work."""
    is_waiting = import_module("complaints.capa.migrations.0007_write_tables_anew")._is_waiting
    with house.connected(), house.connected() as asking, asking.transaction(force_rollback=True):
        asking.execute("CREATE ROLE plain_owner; SET ROLE plain_owner")
        assert is_waiting(asking.cursor(), asking.execute("SELECT now()").fetchone()[0])
