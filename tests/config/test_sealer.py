"""A worker seals by itself what is written, without beat, and goes on after any fault."""

import threading

import pytest
from django.db import connection

from complaints.tasks import seal_audit
from config.sealer import Sealer
from members.audit.models import Checkpoint, Leaf, Pending
from tests.members.audit.conftest import EMPTY, written
from tests.slas.workers import running_worker, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty():
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)


def is_sealed(number):
    return Leaf.objects.count() == number and not Pending.objects.exists()


def test_a_worker_with_the_timer_seals_what_is_written(tmp_path):
    anchor = tmp_path / "audit.anchor"
    variables = {"REDRESS_AUDIT_ANCHOR": str(anchor), "DJANGO_SETTINGS_MODULE": "config.settings.development"}
    with running_worker(**variables):
        written(3)
        wait_for(lambda: is_sealed(3), seconds=30)
        wait_for(anchor.exists, seconds=10)
    assert anchor.read_text() == "".join(f"{row.line}\n" for row in Checkpoint.objects.all())


def test_a_sealer_whose_connection_was_cut_seals_with_the_next():
    rounds = []

    def seal():
        rounds.append(threading.get_ident())
        if len(rounds) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        seal_audit()

    written(2)
    sealer = Sealer(seal, every=0.05)
    sealer.start()
    try:
        wait_for(lambda: is_sealed(2), seconds=10)
    finally:
        sealer.halt()
        sealer.join()
    assert len(rounds) > 1
