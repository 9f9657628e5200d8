"""The store: an object is there whole or not at all, for its owner alone."""

import errno
import os
from uuid import UUID

import pytest

from members.identifiers import new_id
from members.privacy import file_storage
from members.privacy.file_storage import object_name, put_object, sealed_files, stored_folders, stored_objects

EARLY, LATE = UUID("01900000-0000-7000-8000-000000000001"), UUID("01a00000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "deep" / "files"
    return settings.FILES_FOLDER


def files_below(folder) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_an_object_is_read_as_it_was_written_and_only_by_its_owner(store):
    name = object_name(new_id())
    put_object(name, b"sealed")
    assert [b"".join(each.pieces()) for each in stored_objects()] == [b"sealed"]
    place = store / name
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_objects_are_walked_in_the_order_of_their_rows():
    for file_id in (LATE, EARLY):
        put_object(object_name(file_id), b"sealed")
    assert [each.name for each in stored_objects()] == [object_name(EARLY), object_name(LATE)]
    assert stored_folders() == [EARLY.hex[:5], LATE.hex[:5]]
    assert [each.name for each in stored_objects(LATE.hex[:5])] == [object_name(LATE)]


def test_a_store_that_was_never_used_holds_nothing():
    assert list(stored_objects()) == []


def test_an_object_is_never_written_over():
    name = object_name(EARLY)
    put_object(name, b"first")
    with pytest.raises(FileExistsError):
        put_object(name, b"second")
    assert [b"".join(each.pieces()) for each in stored_objects()] == [b"first"]


def test_a_full_disk_leaves_nothing_half_written(store, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(file_storage.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        put_object(object_name(EARLY), b"sealed" * 1000)
    assert files_below(store) == []


def test_what_is_being_written_is_not_walked(store):
    put_object(object_name(EARLY), b"sealed")
    (store / EARLY.hex[:5] / f".{LATE.hex}.partial").write_bytes(b"half")
    assert [each.name for each in stored_objects()] == [object_name(EARLY)]


def test_the_store_has_no_address():
    assert str(sealed_files().location).endswith("deep/files")
    with pytest.raises(FileNotFoundError):
        next(file_storage.StoredObject(object_name(LATE)).pieces())
