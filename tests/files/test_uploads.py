"""An upload from the form to the store and back: whole or not at all, and never in clear on a disk."""

import html
import re
import resource
import socket
import sys
import tempfile
from contextlib import contextmanager
from io import BytesIO
from threading import Barrier, Thread
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from complaints.files.store import open_file, read_whole
from complaints.intake.models import Draft
from complaints.intake.operations import attach_files, discard_draft, remove_file
from complaints.models import Complaint, Enclosure
from members.actors import GUEST, SYSTEM
from members.audit.models import Event
from members.privacy.access import phi_access
from members.privacy.file_storage import object_name, stored_objects
from members.privacy.keyring import SealBroken
from tests import people
from tests.complaints import stages
from tests.files.conftest import BEFORE
from tests.files.kept import kept
from tests.intake import walk
from tests.intake.papers import PDF, noise, pdf, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
MARK = b"what nobody else may read"
STORED = {"actor": SYSTEM, "purpose": "test", "at": people.AT}


def upload(content: bytes, name: str = "bill.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def rows() -> list[Enclosure]:
    return list(Enclosure.objects.unscoped("test").order_by("pk"))


def marked_pdf() -> bytes:
    """Return a PDF above the size from which Django would spool to disk, with a mark in it that stays in clear."""
    return pdf(4 * 1024**2).replace(b"/MediaBox", b"/Marked (" + MARK + b") /MediaBox")


@contextmanager
def watching_files():
    """Give the paths that this process opens for writing meanwhile."""
    opened: list[str] = []
    watching = [True]

    def note(event: str, arguments: tuple) -> None:
        if watching[0] and event == "open" and isinstance(arguments[0], str) and arguments[2] & 0o3:
            opened.append(arguments[0])

    sys.addaudithook(note)
    try:
        yield opened
    finally:
        watching[0] = False


def test_an_upload_is_nowhere_on_disk_in_clear(form, store, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    photo = picture("HEIF", (1200, 900))
    sent = marked_pdf()
    with watching_files() as opened:
        response = form(upload(sent), upload(photo, "IMG_1.HEIC"), add="1")
    assert (response.status_code, len(rows())) == (302, 2)
    assert list(scratch.iterdir()) == []
    assert {path for path in opened if not path.startswith(str(store))} <= {"/dev/null"}
    with phi_access(**STORED):
        assert MARK in read_whole(rows()[0])
    everything = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert len(everything) > len(sent)
    assert not any(word in everything for word in (MARK, b"%PDF", b"JFIF", b"bill"))


@pytest.mark.usefixtures("form", "policies")
def test_what_comes_back_is_what_was_kept_and_is_on_record(desk):
    row = stages.received()
    file = kept(noise(3 * 1024**2 + 17), complaint=row, name="bill.pdf")
    response = desk.get(reverse("desk:file", args=[row.reference, file.pk]))
    assert response.streaming
    assert response.getvalue() == noise(3 * 1024**2 + 17)
    assert int(response["Content-Length"]) == file.size
    assert response["Content-Disposition"] == 'attachment; filename="bill.pdf"'
    event = Event.objects.filter(action="phi.opened", object_id=file.pk).latest("pk")
    assert event.detail["columns"] == ["key", "name"]
    assert (event.actor_id, event.matter_id) == (desk.actor.user_id, row.pk)


def test_a_file_that_was_swapped_for_another_does_not_open(store):
    one, other = (kept(content, draft_id=Draft().pk) for content in (b"one", b"two"))
    places = [store / object_name(row.pk) for row in (one, other)]
    first, second = (place.read_bytes() for place in places)
    places[0].write_bytes(second)
    places[1].write_bytes(first)
    for row in rows():
        with pytest.raises(SealBroken):
            open_file(row, **STORED)
    assert Event.objects.filter(action="seal.broken", detail__columns=["file"]).count() == 2


def test_a_key_that_was_swapped_for_another_does_not_open():
    one, other = (kept(content, draft_id=Draft().pk) for content in (b"one", b"two"))
    keys = [Enclosure._base_manager.values_list("key", flat=True).get(pk=row.pk) for row in (one, other)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE complaints_enclosure SET key = %s WHERE id = %s", [keys[1].ciphertext, one.pk])
    with pytest.raises(SealBroken):
        open_file(Enclosure.objects.unscoped("test").get(pk=one.pk), **STORED)


@pytest.mark.usefixtures("policies")
def test_what_breaks_off_on_its_way_is_on_record_and_never_looks_whole(desk, store):
    row = stages.received()
    file = kept(noise(3 * 1024**2), complaint=row)
    place = store / object_name(file.pk)
    place.write_bytes(place.read_bytes()[:-100])
    response = desk.get(reverse("desk:file", args=[row.reference, file.pk]))
    with pytest.raises(SealBroken):
        response.getvalue()
    assert Event.objects.filter(action="seal.broken", object_id=file.pk).count() == 1


@pytest.mark.usefixtures("policies")
def test_a_file_that_is_not_in_the_store_is_told_in_words(desk, store):
    row = stages.received()
    file = kept(b"x", complaint=row)
    (store / object_name(file.pk)).unlink()
    response = desk.get(reverse("desk:file", args=[row.reference, file.pk]))
    assert response.status_code == 500
    assert "A part of this record cannot be opened" in response.content.decode()


def test_a_small_picture_is_drawn_for_who_may_see_the_file(form, client):
    form(upload(picture("JPEG"), "photo.jpg"), upload(PDF), add="1")
    photo, paper = rows()
    page = client.get(walk.url("files")).content.decode()
    address = reverse("intake:file_preview", args=[photo.pk])
    assert address in page
    assert reverse("intake:file_preview", args=[paper.pk]) not in page
    response = client.get(address)
    assert (response["Content-Type"], response.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "no-store")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "Content-Disposition" not in response
    assert Client().get(address).status_code == 404
    assert client.get(reverse("intake:file_preview", args=[paper.pk])).status_code == 404
    assert b"JFIF" not in photo.__dict__["preview"].ciphertext


def test_a_full_disk_is_told_in_words_and_leaves_nothing(form, client, store, caplog):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024**2, before[1]))
    try:
        response = form(upload(pdf(2 * 1024**2)), upload(PDF, "small.pdf"), add="1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert response.status_code == 422
    words = html.unescape(response.content.decode())
    assert "We could not keep “bill.pdf” just now. That is our fault, not yours." in words
    assert re.search(r"did not take a file of \d+ bytes: File too large\n", caplog.text)
    assert len(list(stored_objects())) == len([path for path in store.rglob("*") if path.is_file()]) == 1
    assert "small.pdf" in client.get(walk.url("files")).content.decode()


def test_a_file_that_is_removed_leaves_the_store(form, django_capture_on_commit_callbacks):
    form(upload(PDF), upload(PDF), add="1")
    one, other = rows()
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(actor=GUEST, at=people.AT, draft_id=one.draft_id, enclosure_id=one.pk)
    assert [each.name for each in stored_objects()] == [object_name(other.pk)]
    with django_capture_on_commit_callbacks(execute=True):
        discard_draft(actor=GUEST, at=people.AT, draft_id=other.draft_id)
    assert list(stored_objects()) == []


def test_a_refused_act_deletes_nothing_from_the_store(form, django_capture_on_commit_callbacks):
    form(upload(PDF), add="1")
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Draft.DoesNotExist):
        remove_file(actor=GUEST, at=people.AT, draft_id=Draft().pk, enclosure_id=rows()[0].pk)
    assert len(list(stored_objects())) == 1


def draft() -> Draft:
    row = Draft(answers={}, started_at=people.AT, saved_at=people.AT)
    row.save()
    return row


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_are_both_kept():
    draft_id, start, refusals = draft().pk, Barrier(2), []

    def send(name: str) -> None:
        start.wait()
        refusals.extend(attach_files(actor=GUEST, at=people.AT, draft_id=draft_id, files=[(name, PDF)]))
        connection.close()

    threads = [Thread(target=send, args=[f"{number}.pdf"]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == []
    with phi_access(**STORED):
        assert sorted(row.name for row in rows()) == ["0.pdf", "1.pdf"]
    assert len(list(stored_objects())) == 2


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_do_not_go_over_the_limit_together(settings):
    settings.MAX_COMPLAINT_BYTES = int(1.5 * len(PDF))
    draft_id, start, refusals = draft().pk, Barrier(2), []

    def send() -> None:
        start.wait()
        refusals.extend(attach_files(actor=GUEST, at=people.AT, draft_id=draft_id, files=[("a.pdf", PDF)]))
        connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refusals), len(rows())) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_is_cut_in_the_middle_leaves_nothing(client, store, live_server):
    for step in BEFORE:
        walk.answer(client, step)
    draft_id = walk.page_draft(client, "files")
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    part = 'Content-Disposition: form-data; name="{}"'
    body = BytesIO()
    for name, value in (("draft", draft_id), ("csrfmiddlewaretoken", client.cookies["csrftoken"].value)):
        body.write(f"--edge\r\n{part.format(name)}\r\n\r\n{value}\r\n".encode())
    body.write(f'--edge\r\n{part.format("files")}; filename="bill.pdf"\r\n\r\n'.encode() + pdf(1024**2))
    host = urlsplit(live_server.url).netloc
    head = (
        f"POST {walk.url('files')} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n"
        f"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {2 * 1024**2}\r\n\r\n"
    )
    with socket.create_connection(tuple(host.split(":"))) as sender:
        sender.sendall(head.encode() + body.getvalue())
        sender.shutdown(socket.SHUT_WR)
        assert sender.recv(100).startswith(b"HTTP/1.1 ")
    assert rows() == []
    assert [path for path in store.rglob("*") if path.is_file()] == []
    assert Complaint.objects.unscoped("test").count() == 0
