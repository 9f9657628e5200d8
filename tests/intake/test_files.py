"""Files: recognised by their content, sealed, few, and each refusal says the cure."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.files.names import name_as
from complaints.files.store import read_whole
from complaints.intake.models import Draft
from complaints.intake.operations import attach_files
from complaints.models import Complaint, Enclosure
from members.actors import GUEST, SYSTEM
from members.privacy.access import phi_access
from members.privacy.file_storage import stored_objects
from tests import people
from tests.intake import walk
from tests.intake.papers import JPG, PDF, PNG, pdf

BEFORE = ("who", "urgent", "topic", "what-happened")


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept() -> list[tuple[str, str, bytes]]:
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        rows = Enclosure.objects.unscoped("test").order_by("pk")
        return [(row.name, row.media_type, read_whole(row)) for row in rows]


@pytest.fixture
def form(client, db):  # noqa: ARG001
    """The step of files, reached as a guest; call it with what to post."""
    for step in BEFORE:
        walk.answer(client, step)

    def post(*files: SimpleUploadedFile, **fields: str):
        return walk.answer(client, "files", **({"files": files} if files else {}), **fields)

    return post


def shown(response) -> str:
    return html.unescape(response.content.decode())


def test_several_files_are_added_at_once_and_listed(client, form):
    response = form(upload("bill.pdf", PDF), upload("card.PNG", PNG), upload("photo.jpeg", JPG), add="1")
    assert response["Location"] == walk.url("files")
    assert [(name, media_type, content[:4]) for name, media_type, content in kept()] == [
        ("bill.pdf", "application/pdf", b"%PDF"),
        ("card.PNG", "image/png", PNG[:4]),
        ("photo.jpeg", "image/jpeg", JPG[:4]),
    ]
    page = shown(client.get(walk.url("files")))
    assert all(name in page for name in ("bill.pdf", "card.PNG", "photo.jpeg"))
    assert "Your files were added." in page


def test_a_chosen_file_is_taken_also_by_going_on(form):
    assert form(upload("bill.pdf", PDF))["Location"] == walk.url("outcome")
    assert len(kept()) == 1


def test_no_file_is_needed(form):
    assert form()["Location"] == walk.url("outcome")
    assert "Choose a file first." in shown(form(add="1"))


def test_a_file_can_be_taken_away_again(client, form):
    form(upload("bill.pdf", PDF), upload("card.png", PNG), add="1")
    first = Enclosure.objects.unscoped("test").order_by("pk").first()
    assert form(remove=str(first.pk))["Location"] == walk.url("files")
    assert [name for name, _type, _content in kept()] == ["card.png"]
    assert "The file was removed." in shown(client.get(walk.url("files")))
    assert form(remove="nonsense")["Location"] == walk.url("files")


def test_nobody_takes_away_a_file_of_another_draft(form):
    other = Draft(answers={}, started_at=people.AT, saved_at=people.AT)
    other.save()
    attach_files(actor=GUEST, at=people.AT, draft_id=other.pk, files=[("theirs.pdf", PDF)])
    form(remove=str(Enclosure.objects.unscoped("test").get().pk))
    assert [name for name, _type, _content in kept()] == ["theirs.pdf"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pdf", b"", "“empty.pdf” is empty. Check the file and choose it again."),
        (
            "page.pdf",
            b"<html><script>alert(1)</script></html>",
            "“page.pdf” is not a PDF file or a photo (JPG, PNG or HEIC).",
        ),
        (
            "drawing.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "“drawing.svg” is not a PDF file or a photo (JPG, PNG or HEIC).",
        ),
        ("tool.png", b"MZ" + b"\0" * 64, "“tool.png” is not a PDF file or a photo"),
        ("letter.docx", b"PK\x03\x04" + b"0" * 64, "“letter.docx” is not a PDF file or a photo"),
        ("<b>.txt", b"text", "“<b>.txt” is not a PDF file or a photo"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_its_content(form, name, content, words):
    response = form(upload(name, content), add="1")
    if content:
        assert response.status_code == 422
        assert words in shown(response)
    assert kept() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("start.pdf", b"%PDF-"),
        ("junk.pdf", b"%PDF-1.7\n" + b"0" * 5000),
        ("half.pdf", PDF[:-8]),
        ("junk.jpg", b"\xff\xd8\xff\xe0" + b"0" * 64),
        ("half.jpg", JPG[:-40]),
        ("junk.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64),
        ("cut.png", PNG[:-40]),
        ("empty.png", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_a_file_without_a_middle_or_an_end_is_refused(form, name, content):
    response = form(upload(name, content), add="1")
    assert response.status_code == 422
    assert f"“{name}” seems to be damaged or incomplete." in shown(response)
    assert kept() == []


def test_an_empty_file_is_named(form):
    response = form(upload("empty.pdf", b""), add="1")
    assert response.status_code == 422
    assert "“empty.pdf” is empty." in shown(response)


def test_a_file_is_what_its_content_is_whatever_it_is_called(form):
    form(upload("photo.pdf", PNG), add="1")
    assert [(name, media_type) for name, media_type, _content in kept()] == [("photo.pdf", "image/png")]
    assert name_as("photo.pdf", "image/png") == "photo.pdf.png"
    assert name_as("bill.PDF", "application/pdf") == "bill.PDF"
    assert name_as("photo.jpeg", "image/jpeg") == "photo.jpeg"
    assert name_as("IMG_1.HEIC", "image/jpeg") == "IMG_1.jpg"
    assert name_as(".png", "image/png") == ".png.png"


def test_what_is_right_is_kept_beside_what_is_wrong(form):
    response = form(upload("bill.pdf", PDF), upload("notes.txt", b"text"), add="1")
    assert response.status_code == 422
    assert "“notes.txt” is not a PDF file" in shown(response)
    assert [name for name, _type, _content in kept()] == ["bill.pdf"]


def test_a_file_may_have_so_many_megabytes_and_no_more(form, settings):
    exactly = pdf(1024**2)
    settings.MAX_UPLOAD_BYTES = len(exactly)
    assert form(upload("large.pdf", exactly), add="1").status_code == 302
    response = form(upload("larger.pdf", exactly + b" "), add="1")
    assert "“larger.pdf” is larger than 1 MB." in shown(response)
    assert len(kept()) == 1


def test_a_file_of_more_than_25_megabytes_is_refused(form, settings):
    assert settings.MAX_UPLOAD_BYTES == 25 * 1024**2
    response = form(upload("scan.pdf", bytes(25 * 1024**2 + 1)), add="1")
    assert "“scan.pdf” is larger than 25 MB." in shown(response)
    assert kept() == []


def test_too_much_at_once_is_told_apart_from_nothing(form, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = form(upload("bill.pdf", pdf(2000)), add="1")
    assert response.status_code == 422
    assert "The files are too large to send together." in shown(response)


def test_twenty_files_are_enough(client, form):
    form(*(upload(f"{number}.pdf", PDF) for number in range(21)), add="1")
    assert len(kept()) == 20
    response = form(upload("last.pdf", PDF), add="1")
    assert "“last.pdf” was not added: you can send 20 files." in shown(response)
    assert "To add another, remove one first." in shown(client.get(walk.url("files")))


def test_all_files_together_have_a_limit(form, settings):
    settings.MAX_COMPLAINT_BYTES = 2 * len(PDF)
    response = form(*(upload(f"{number}.pdf", PDF) for number in range(3)), add="1")
    assert "“2.pdf” was not added: all files together can have 0 MB." in shown(response)
    assert len(kept()) == 2


def test_text_where_a_file_is_expected(form):
    response = form(files="bill.pdf")
    assert response.status_code == 422
    assert "We got the name of your file, but not the file." in shown(response)


@pytest.mark.django_db
def test_a_file_where_text_is_expected(client):
    for step in BEFORE[:3]:
        walk.answer(client, step)
    response = walk.answer(client, "what-happened", narrative=upload("story.pdf", PDF))
    assert response.status_code == 422
    assert "Tell us what happened." in shown(response)
    response = walk.answer(client, "what-happened", extra=upload("story.pdf", PDF))
    assert response.status_code == 302
    assert kept() == []


def test_files_go_with_the_complaint_and_are_sealed(client, form):
    form(upload("bill.pdf", PDF))
    walk.answer(client, "outcome")
    assert "bill.pdf" in shown(client.get(walk.url("check")))
    walk.send(client)
    row = Enclosure.objects.unscoped("test").get()
    assert (row.complaint_id, row.draft_id) == (Complaint.objects.unscoped("test").get().pk, None)
    assert row.__dict__["content"] is None
    assert b"%PDF" not in b"".join(stored.name.encode() + b"".join(stored.pieces()) for stored in stored_objects())


@pytest.mark.django_db
def test_files_cannot_come_before_a_draft(client):
    response = client.post(walk.url("files"), {"draft": "", "files": upload("bill.pdf", PDF)})
    assert response.status_code == 409
    assert client.post(reverse("intake:files"), {"files": "x"}).status_code == 409
    assert kept() == []
