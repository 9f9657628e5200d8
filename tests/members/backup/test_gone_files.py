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
from members.privacy.file_storage import object_name, sealed_files
from slas.operations import publish_policies
from slas.queries import database_now
from tests.complaints import stages
from tests.files.kept import kept
from tests.people import AT


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A store of the test's own."""
    settings.FILES_FOLDER = tmp_path / "files"


def gone(*rows):
    """Return the names of these rows' objects, deleted as if while a backup was taken."""
    names = [object_name(row.pk) for row in rows]
    for name in names:
        sealed_files().delete(name)
    return names


@pytest.mark.django_db(transaction=True)
def test_a_backup_names_the_files_that_were_deleted_while_it_was_taken():
    first, second, third = (kept(draft_id=uuid4()) for _ in range(3))
    named, held, end = [], [], {}
    for head, content in Entries(_contents(AT, [])):
        if head["entry"] == "opening":
            named += gone(first)
        if head.get("name") == object_name(second.pk):
            named += gone(third)
        held.append(head.get("name"))
        list(content)
        end = head
    assert end["gone"] == sorted(named)
    assert (object_name(second.pk) in held, object_name(first.pk) in held) == (True, False)


@pytest.mark.django_db
def test_after_a_restore_their_rows_are_as_whoever_deleted_them_left_them():
    publish_policies()
    complaint = stages.received()
    of_draft = kept(draft_id=uuid4())
    harmful = kept(complaint=complaint, state=FileState.CHECKING)
    lost, there = kept(complaint=complaint), kept(complaint=complaint)
    settled = settle_gone_files(at=database_now(), names=gone(of_draft, harmful, lost))

    assert (settled.removed, settled.lost) == (2, [lost.pk])
    rows = dict(Enclosure.objects.unscoped("test").values_list("pk", "state"))
    assert rows == {harmful.pk: FileState.REMOVED, lost.pk: FileState.KEPT, there.pk: FileState.KEPT}
    assert TimelineEntry.objects.unscoped("test").filter(complaint=complaint, code="file_removed").exists()
    sweep(at=database_now())
    assert files_health(database_now()).missing == 1


@pytest.mark.django_db
def test_nothing_is_settled_where_nothing_went():
    kept(draft_id=uuid4())
    assert settle_gone_files(at=database_now(), names=[]).removed == 0
    assert Enclosure.objects.unscoped("test").count() == 1


@pytest.mark.django_db
def test_what_somebody_else_had_put_into_the_store_settles_nothing():
    assert settle_gone_files(at=database_now(), names=["notes/readme.txt"]).lost == []
