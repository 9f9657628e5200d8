"""Events are sealed in batches under a signed chain; two sealers at once, or one that is killed, do no harm."""

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from members.audit.entries import ENTRY, placed
from members.audit.merkle import Tree, leaf_hash
from members.audit.models import Checkpoint, Event, Leaf, Pending
from members.audit.sealer import seal_all, seal_batch
from members.audit.statement import BEFORE_THE_FIRST, Signer, Statement, check_signature, digest
from members.privacy.signing import audit_signer
from tests.members.audit.conftest import EMPTY, tamper, written
from tests.people import AT

COVERED = f"SELECT k FROM audit_event e, json_object_keys(({ENTRY})::json) k WHERE e.id = %s"  # noqa: S608


def sealed():
    return [Statement.parse(row.statement) for row in Checkpoint.objects.order_by("number")]


def test_an_event_waits_for_its_seal_from_the_moment_it_is_written(trail):
    trail(0)
    (event,) = written(1)
    assert list(Pending.objects.values_list("event_id", flat=True)) == [event.pk]


def test_an_act_that_fails_queues_nothing(trail):
    trail(0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        written(1)
        raise ZeroDivisionError
    assert not Pending.objects.exists()


def test_what_waits_is_sealed_under_one_checkpoint_and_waits_no_more(trail):
    events = trail(3)
    (checkpoint,) = sealed()
    assert (checkpoint.number, checkpoint.count, checkpoint.total) == (1, 3, 3)
    assert checkpoint.sealed_at == AT
    assert checkpoint.previous == BEFORE_THE_FIRST
    assert not Pending.objects.exists()
    leaves = Leaf.objects.order_by("position").values_list("batch", "position", "event_id")
    assert list(leaves) == [(1, position, event.pk) for position, event in enumerate(events)]


def test_the_root_is_that_of_the_leaves_in_their_places(trail):
    trail(5)
    tree = Tree()
    for leaf in Leaf.objects.order_by("position"):
        tree.add(bytes(leaf.hash))
    assert sealed()[0].root == tree.root()
    assert len({bytes(leaf.hash) for leaf in Leaf.objects.all()}) == 5


def test_each_checkpoint_names_the_one_before_it(trail):
    for number in (1, 2, 3):
        trail(number)
    first, second, third = Checkpoint.objects.order_by("number")
    assert [checkpoint.total for checkpoint in sealed()] == [1, 3, 6]
    assert sealed()[1].previous == digest(first.statement)
    assert sealed()[2].previous == digest(second.statement)
    check_signature(third.statement, bytes(third.signature), audit_signer().public_key)


def test_a_checkpoint_tells_the_key_that_signed_it(trail):
    trail(1)
    written(1)
    another = Signer(7, b"7" * 32)
    seal_all(signer=another, at=AT)
    first, second = sealed()
    assert (first.key, first.public_key) == (audit_signer().number, audit_signer().public_key)
    assert (second.key, second.public_key) == (7, another.public_key)


def test_nothing_waits_and_nothing_is_sealed(trail):
    trail(0)
    assert seal_all(signer=audit_signer(), at=AT) == 0
    assert not Checkpoint.objects.exists()


def test_more_than_a_batch_becomes_several_the_oldest_first(trail, monkeypatch):
    trail(0)
    events = written(7)
    monkeypatch.setattr("members.audit.sealer.BATCH", 3)
    monkeypatch.setattr(seal_batch, "__kwdefaults__", {"size": 3})
    assert seal_all(signer=audit_signer(), at=AT) == 7
    assert [checkpoint.count for checkpoint in sealed()] == [3, 3, 1]
    assert list(Leaf.objects.order_by("pk").values_list("event_id", flat=True)) == [event.pk for event in events]


def test_an_event_that_vanished_before_its_seal_keeps_its_place_and_is_logged(trail, caplog):
    trail(0)
    gone, _kept = written(2)
    tamper("DELETE FROM audit_event WHERE id = %s", gone.pk)
    seal_all(signer=audit_signer(), at=AT)
    assert Leaf.objects.filter(event_id=gone.pk).exists()
    assert f"event {gone.pk} was deleted before it was sealed" in caplog.text


@pytest.mark.django_db
def test_the_seal_covers_every_column_that_an_event_has():
    (event,) = written(1, detail={"code": "house"})
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [event.pk])
        covered = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'audit_event'::regclass AND attnum > 0")
        columns = {row[0] for row in cursor.fetchall()}
    assert covered == columns == {field.column for field in Event._meta.concrete_fields}


def test_the_place_is_part_of_what_is_hashed():
    assert leaf_hash(placed(1, 2, "{}")) != leaf_hash(placed(2, 1, "{}"))
    assert placed(1, 23, "{}") != placed(12, 3, "{}")


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_each_event_once(anchor):  # noqa: ARG001
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    written(40)
    counts, start = [], threading.Barrier(4)

    def seal():
        start.wait()
        try:
            counts.append(seal_all(signer=audit_signer(), at=AT + timedelta(seconds=1)))
        finally:
            connection.close()

    threads = [threading.Thread(target=seal) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 40]
    assert (Leaf.objects.count(), Checkpoint.objects.count(), Pending.objects.count()) == (40, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_sealer_that_is_killed_before_its_commit_leaves_everything_to_the_next(anchor):  # noqa: ARG001
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    written(4)
    params = connection.get_connection_params() | {"cursor_factory": None}
    with psycopg.connect(**params) as other:
        assert seal_batch(other.cursor(), signer=audit_signer(), at=AT) == 4
        assert seal_all(signer=audit_signer(), at=AT) == 0
        other.rollback()
    assert (Pending.objects.count(), Checkpoint.objects.count(), Leaf.objects.count()) == (4, 0, 0)
    assert seal_all(signer=audit_signer(), at=AT) == 4
    assert [checkpoint.total for checkpoint in sealed()] == [4]
