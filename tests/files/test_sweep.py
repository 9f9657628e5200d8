"""The sweep: what lies in the store without a row goes, what a row has lost is reported."""

import os
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from complaints.enums import FileState
from complaints.files.sweep import Swept, sweep
from complaints.intake.models import Draft
from complaints.models import Enclosure
from complaints.tasks import sweep_files
from members.identifiers import new_id
from members.privacy.file_storage import object_name, put_object, stored_objects
from tests.files.kept import kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
LATER = timedelta(hours=2)


def names() -> list[str]:
    return [each.name for each in stored_objects()]


def test_what_a_crash_has_left_goes_after_an_hour_and_nothing_else(store):
    row = kept(draft_id=Draft().pk)
    orphan = object_name(new_id())
    put_object(orphan, b"sealed")
    partial = store / orphan.replace("/", "/.")
    partial.write_bytes(b"half")
    assert sweep(at=timezone.now()) == Swept(0, 0), "it may be on its way"
    assert sweep(at=timezone.now() + LATER) == Swept(2, 0)
    assert names() == [object_name(row.pk)]
    assert not partial.exists()
    assert sweep(at=timezone.now() + LATER) == Swept(0, 0)


def test_an_orphan_in_a_folder_without_rows_goes_too(store):
    kept(draft_id=Draft().pk)
    put_object(object_name(UUID("01900000-0000-7000-8000-000000000001")), b"sealed")
    (store / "strange").mkdir()
    (store / "strange" / "thing").write_bytes(b"x")
    assert sweep(at=timezone.now() + LATER) == Swept(2, 0)
    assert len(names()) == 1


def test_a_row_without_its_object_is_reported_until_it_is_back(store, client, caplog):
    row = kept(draft_id=Draft().pk)
    place = store / object_name(row.pk)
    away = place.rename(store / "away")
    now = timezone.now()
    assert sweep(at=now).missing == 1
    assert "1 files are not in the store" in caplog.text
    assert Enclosure.objects.unscoped("test").get().missing_at == now
    sweep(at=now + LATER)
    assert Enclosure.objects.unscoped("test").get().missing_at == now, "since when"
    assert client.get("/health/files").json()["wrong"] == ["files_missing"]
    away.rename(place)
    assert sweep(at=now) == Swept(0, 0)
    assert Enclosure.objects.unscoped("test").get().missing_at is None


def test_a_folder_that_is_gone_is_missed(store):
    row = kept(draft_id=Draft().pk)
    os.rename(store / row.pk.hex[:5], store.parent / "away")  # noqa: PTH104
    assert sweep(at=timezone.now()).missing == 1


def test_a_removed_file_is_not_missed():
    row = Enclosure(
        draft_id=Draft().pk,
        name="a",
        media_type="application/pdf",
        size=1,
        state=FileState.REMOVED,
        added_at=timezone.now(),
    )
    row.save()
    assert sweep(at=timezone.now()) == Swept(0, 0)


def test_the_task_moves_and_sweeps_and_may_come_again():
    row = Enclosure(
        draft_id=Draft().pk, name="a.pdf", media_type="application/pdf", size=1, content=b"x", added_at=timezone.now()
    )
    row.save()
    sweep_files()
    sweep_files()
    assert names() == [object_name(row.pk)]
