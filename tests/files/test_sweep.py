"""The sweep: what lies in the store without a row goes late and never in heaps, what a row has lost is reported."""

import os
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from complaints.enums import FileState
from complaints.files.sweep import FEW, SAFE_AGE, Swept, sweep
from complaints.intake.models import Draft
from complaints.models import Enclosure
from complaints.tasks import sweep_files
from members.audit.models import Anchored, Event
from members.identifiers import new_id
from members.privacy.file_storage import object_name, put_object, stored_objects
from tests.files.kept import kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
LATER = timedelta(hours=2)
A_MONTH_LATER = SAFE_AGE + LATER


def names() -> list[str]:
    return [each.name for each in stored_objects()]


def strays(number: int) -> list[str]:
    """Put so many objects without a row into the store."""
    made = [object_name(new_id()) for _ in range(number)]
    for name in made:
        put_object(name, b"sealed")
    return made


def test_what_a_crash_has_left_goes_after_a_month_and_nothing_else(store):
    row = kept(draft_id=Draft().pk)
    (stray,) = strays(1)
    partial = store / stray.replace("/", "/.")
    partial.write_bytes(b"half")
    assert sweep(at=timezone.now()) == Swept(0, 0, 0), "it may be on its way"
    assert sweep(at=timezone.now() + LATER) == Swept(0, 2, 0), "its row may yet be given back"
    assert sweep(at=timezone.now() + SAFE_AGE - LATER) == Swept(0, 2, 0)
    assert sweep(at=timezone.now() + A_MONTH_LATER) == Swept(2, 0, 0)
    assert names() == [object_name(row.pk)]
    assert not partial.exists()
    assert sweep(at=timezone.now() + A_MONTH_LATER) == Swept(0, 0, 0)


def test_what_is_deleted_is_named_in_the_log_and_counted_in_the_trail(caplog):
    (stray,) = strays(1)
    sweep(at=timezone.now() + A_MONTH_LATER)
    assert f"{stray} has had no row for longer than 30 days and is deleted" in caplog.text
    assert Event.objects.get(action="store.swept").detail == {"objects": 1}


def test_an_object_in_a_folder_without_rows_goes_too(store):
    kept(draft_id=Draft().pk)
    put_object(object_name(UUID("01900000-0000-7000-8000-000000000001")), b"sealed")
    (store / "strange").mkdir()
    (store / "strange" / "thing").write_bytes(b"x")
    assert sweep(at=timezone.now() + A_MONTH_LATER) == Swept(2, 0, 0)
    assert len(names()) == 1


def test_a_database_that_is_not_the_stores_deletes_nothing_however_old_and_says_so(client, caplog):
    there = strays(FEW + 1)
    for age in (LATER, A_MONTH_LATER):
        assert sweep(at=timezone.now() + age) == Swept(0, FEW + 1, 0, is_withheld=True)
    assert sorted(names()) == sorted(there)
    assert "11 of 11 objects in the store have no row, so none is deleted" in caplog.text
    answer = client.get("/health/files")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["files_without_rows"])


def test_a_database_behind_its_trail_deletes_nothing(client):
    (stray,) = strays(1)
    assert sweep(at=timezone.now() + A_MONTH_LATER, is_behind=True) == Swept(0, 1, 0, is_withheld=True)
    assert names() == [stray]
    assert client.get("/health/files").json()["wrong"] == ["files_without_rows"]


def test_the_worker_asks_the_anchor_whether_the_database_is_behind(settings):
    (stray,) = strays(1)
    os.utime(settings.FILES_FOLDER / stray, (0, 0))
    settings.AUDIT_ANCHORS = ["/somewhere/anchor"]
    Anchored(place="/somewhere/anchor", number=99, at=timezone.now()).save()
    sweep_files()
    assert names() == [stray]
    Anchored.objects.all().delete()
    sweep_files()
    assert names() == []


def test_a_database_that_lost_an_hour_and_got_it_back_has_every_file(client):
    before = [kept(draft_id=Draft().pk) for _ in range(3)]
    with transaction.atomic():
        later = [kept(draft_id=Draft().pk) for _ in range(FEW + 1)]
        transaction.set_rollback(True)
    assert sweep(at=timezone.now() + A_MONTH_LATER).is_withheld
    for row in later:
        row.save(force_insert=True)
    assert sweep(at=timezone.now() + A_MONTH_LATER) == Swept(0, 0, 0)
    assert sorted(names()) == sorted(object_name(row.pk) for row in [*before, *later])
    assert client.get("/health/files").status_code == 200


def test_one_in_a_thousand_is_what_a_large_house_may_lose(monkeypatch):
    monkeypatch.setattr("complaints.files.sweep.FEW", 0)
    for _ in range(10):
        kept(draft_id=Draft().pk)
    strays(1)
    assert sweep(at=timezone.now() + A_MONTH_LATER).is_withheld
    monkeypatch.setattr("complaints.files.sweep.SHARE", 0.1)
    assert sweep(at=timezone.now() + A_MONTH_LATER) == Swept(1, 0, 0)


def test_of_very_many_the_oldest_are_looked_at_and_all_are_counted(monkeypatch):
    monkeypatch.setattr("complaints.files.sweep.LOOKED_AT", 2)
    strays(5)
    assert sweep(at=timezone.now() + A_MONTH_LATER) == Swept(2, 3, 0)
    assert sweep(at=timezone.now() + A_MONTH_LATER) == Swept(2, 1, 0)


def test_somebody_who_has_looked_lets_them_go_however_many_but_no_young_ones(settings, capsys):
    there = strays(FEW + 2)
    for name in there[1:]:
        os.utime(settings.FILES_FOLDER / name, (0, 0))
    with pytest.raises(CommandError, match="Too many have no row") as refused:
        call_command("sweep_files")
    assert refused.value.returncode == 1
    call_command("sweep_files", however_many=True)
    assert "11 objects without a row deleted, 0 still there." in capsys.readouterr().out
    assert names() == there[:1], "it may be on its way"


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
    assert sweep(at=now) == Swept(0, 0, 0)
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
    assert sweep(at=timezone.now()) == Swept(0, 0, 0)


def test_the_task_moves_and_sweeps_and_may_come_again():
    row = Enclosure(
        draft_id=Draft().pk, name="a.pdf", media_type="application/pdf", size=1, content=b"x", added_at=timezone.now()
    )
    row.save()
    sweep_files()
    sweep_files()
    assert names() == [object_name(row.pk)]
