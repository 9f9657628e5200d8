"""Imports that are killed, and imports that meet: processes of their own on the real database."""

import signal
import time

import pytest
from django.db import connection, transaction

from complaints.models import Complaint, SourceRecord
from slas.models import Clock, Matter
from tests.history.records import lines

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60
STEP = 0.05


def count(model):
    rows = model.objects.unscoped("a test counts") if hasattr(model.objects, "unscoped") else model.objects
    return rows.count()


def wait_until(true):
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it took too long"
        time.sleep(STEP)


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


def test_a_run_that_is_killed_in_the_middle_of_writing_leaves_whole_batches_and_the_next_one_continues(importing):
    content = lines(range(1, 401))
    first = importing()
    half = len(lines(range(1, 201)))
    first.stdin.write(content[:half])
    first.stdin.flush()
    wait_until(lambda: count(SourceRecord) == 200)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE complaints_sourcerecord IN SHARE MODE")
        first.stdin.write(content[half:])
        first.stdin.flush()
        wait_until(waits_for_a_lock)  # its matters and complaints are written by now, but not committed
        first.send_signal(signal.SIGKILL)
        first.wait(PATIENCE)
    assert [count(model) for model in (SourceRecord, Complaint, Matter)] == [200, 200, 200]

    _, said = importing().communicate(content, PATIENCE)
    assert b"200 imported, 200 already there, 0 refused" in said
    assert [count(model) for model in (SourceRecord, Complaint, Matter, Clock)] == [400, 400, 400, 800]


def test_two_runs_at_once_import_each_record_once(importing):
    content = lines(range(1, 601))
    runs = [importing(), importing()]
    for run in runs:
        run.stdin.write(content)
        run.stdin.close()
    assert [run.wait(PATIENCE) for run in runs] == [0, 0]
    said = [run.stderr.read().decode().split()[0] for run in runs]
    assert sum(int(imported) for imported in said) == 600
    assert [count(model) for model in (SourceRecord, Complaint, Matter, Clock)] == [600, 600, 600, 1200]
