"""A bucket in place of the folder: the same files, the same refusals, and nothing but ciphertext on the way."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.files.store import delete_stored, open_file
from complaints.files.sweep import SAFE_AGE, Swept, sweep
from complaints.intake.models import Draft
from complaints.models import Enclosure
from config import env
from members.actors import SYSTEM
from members.identifiers import new_id
from members.privacy.file_storage import object_name, put_object, sealed_files, stored_folders, stored_objects
from members.privacy.keyring import SealBroken
from tests import people
from tests.files.bucket import WRITTEN, bucket_server
from tests.files.kept import kept
from tests.intake.papers import PDF

READ = {"actor": SYSTEM, "purpose": "test", "at": people.AT}


@pytest.fixture
def bucket(settings, monkeypatch):
    """Keep files in a bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret of this test")
    with bucket_server() as server:
        monkeypatch.setenv("REDRESS_FILES_BUCKET", server.address)
        settings.STORAGES = settings.STORAGES | {"sealed_files": env.files("REDRESS_FILES_BUCKET")}
        yield server


def test_a_file_goes_into_the_bucket_sealed_and_comes_back(bucket, db):  # noqa: ARG001
    row = kept(PDF, draft_id=Draft().pk)
    assert list(bucket.objects) == [object_name(row.pk)]
    assert b"%PDF" not in bucket.objects[object_name(row.pk)]
    assert b"".join(open_file(row, **READ).pieces) == PDF
    assert [each.name for each in stored_objects()] == [object_name(row.pk)]
    assert stored_folders() == [row.pk.hex[:5]]


def test_a_file_leaves_the_bucket(bucket, db, django_capture_on_commit_callbacks):  # noqa: ARG001
    row = kept(draft_id=Draft().pk)
    with django_capture_on_commit_callbacks(execute=True):
        delete_stored([row.pk])
    assert bucket.objects == {}


def test_the_sweep_works_on_a_bucket_too(bucket, db):  # noqa: ARG001
    row = kept(draft_id=Draft().pk)
    put_object(object_name(new_id()), b"sealed")
    a_month_later = WRITTEN + SAFE_AGE + timedelta(hours=2)
    assert sweep(at=a_month_later) == Swept(deleted=1, without_row=0, missing=0)
    bucket.objects.clear()
    assert sweep(at=a_month_later) == Swept(deleted=0, without_row=0, missing=1)
    with pytest.raises(SealBroken):
        open_file(row, **READ)


def test_a_bucket_that_refuses_is_told_in_words(bucket, form):
    bucket.refuses = "AccessDenied"
    response = form(SimpleUploadedFile("bill.pdf", PDF), add="1")
    assert response.status_code == 422
    assert "We could not keep" in response.content.decode()
    assert Enclosure.objects.unscoped("test").count() == 0
    with pytest.raises(OSError, match="AccessDenied"):
        list(stored_objects())
    with pytest.raises(OSError, match="AccessDenied"):
        sealed_files().delete("a")


def test_a_bucket_is_named_with_its_region(monkeypatch):
    monkeypatch.setenv("BUCKET", "complaints@us-east-1")
    assert env.files("BUCKET")["OPTIONS"] == {
        "bucket_name": "complaints",
        "region_name": "us-east-1",
        "endpoint_url": None,
    }
    monkeypatch.setenv("BUCKET", "")
    assert env.files("BUCKET")["BACKEND"].endswith("SealedFolder")
    for wrong in ("complaints", "@us-east-1", "ftp://store/complaints@us-east-1"):
        monkeypatch.setenv("BUCKET", wrong)
        with pytest.raises(ImproperlyConfigured, match="BUCKET cannot be used as it is"):
            env.files("BUCKET")
