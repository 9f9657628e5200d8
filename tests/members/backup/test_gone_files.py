"""What is deleted while a backup is taken: its row is in the snapshot, its content is not."""

from uuid import uuid4

import pytest

from complaints.enums import FileState
from complaints.files.health import files_health
from complaints.files.sweep import sweep
from complaints.models import Enclosure, TimelineEntry
from complaints.operations.settle_gone_files import settle_gone_files
from members.backup.stream import Entries
from members.backup.taking import _contents
from members.privacy.file_storage import object_name, put_object, sealed_files
from slas.operations import publish_policies
from slas.queries import database_now
from tests.complaints import stages
from tests.files.kept import kept
from tests.people import AT


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A store of the test's own."""
    settings.FILES_FOLDER = tmp_path / "files"


def delete_from_store(*rows):
    for row in rows:
        sealed_files().delete(object_name(row.pk))


@pytest.mark.django_db(transaction=True)
def test_a_backup_goes_on_without_the_files_that_are_deleted_while_it_is_taken():
    first, second, third = (kept(draft_id=uuid4()) for _ in range(3))
    held = []
    for head, content in Entries(_contents(AT, [])):
        if head["entry"] == "opening":
            delete_from_store(first)
        if head.get("name") == object_name(second.pk):
            delete_from_store(third)
        held.append(head.get("name"))
        list(content)
    assert [name for name in held if name] == [object_name(second.pk)]


@pytest.mark.django_db
def test_after_a_restore_their_rows_are_as_whoever_deleted_them_left_them():
    publish_policies()
    complaint = stages.received()
    of_draft = kept(draft_id=uuid4())
    harmful = kept(complaint=complaint, state=FileState.CHECKING)
    lost, there = kept(complaint=complaint), kept(complaint=complaint)
    delete_from_store(of_draft, harmful, lost)
    settled = settle_gone_files(at=database_now())

    assert (settled.removed, settled.lost) == (2, [lost.pk])
    rows = dict(Enclosure.objects.unscoped("test").values_list("pk", "state"))
    assert rows == {harmful.pk: FileState.REMOVED, lost.pk: FileState.KEPT, there.pk: FileState.KEPT}
    assert TimelineEntry.objects.unscoped("test").filter(complaint=complaint, code="file_removed").exists()
    sweep(at=database_now())
    assert files_health(database_now()).missing == 1


@pytest.mark.django_db
def test_nothing_is_settled_where_nothing_went():
    kept(draft_id=uuid4())
    assert settle_gone_files(at=database_now()).removed == 0
    assert Enclosure.objects.unscoped("test").count() == 1


@pytest.mark.django_db
def test_what_somebody_else_had_put_into_the_store_settles_nothing():
    there = kept(draft_id=uuid4())
    put_object("notes/readme.txt", b"not ours")
    assert settle_gone_files(at=database_now()).removed == 0
    assert Enclosure.objects.unscoped("test").get() == there


@pytest.mark.django_db
def test_what_was_missed_before_the_backup_stays_with_those_who_look_for_it():
    delete_from_store(kept(draft_id=uuid4()))
    sweep(at=database_now())
    assert settle_gone_files(at=database_now()).removed == 0
    assert files_health(database_now()).missing == 1
