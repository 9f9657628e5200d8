"""Files: recognised by their content, sealed, few, and each refusal says the cure."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.intake.files import FileRefused, download_name, sniff_media_type
from complaints.intake.models import Draft
from complaints.intake.operations import attach_files
from complaints.models import Complaint, Enclosure
from members.actors import GUEST, SYSTEM
from members.privacy.access import phi_access
from tests import people
from tests.intake import walk
from tests.intake.papers import JPG, PDF, PNG, pdf
from tests.shared_data import SAMPLES, needs

BEFORE = ("who", "urgent", "topic", "what-happened")


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept() -> list[tuple[str, str, bytes]]:
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        rows = Enclosure.objects.unscoped("test").order_by("pk")
        return [(row.name, row.media_type, row.content) for row in rows]


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
    assert kept() == [
        ("bill.pdf", "application/pdf", PDF),
        ("card.PNG", "image/png", PNG),
        ("photo.jpeg", "image/jpeg", JPG),
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
        ("page.pdf", b"<html><script>alert(1)</script></html>", "“page.pdf” is not a PDF, JPG or PNG file."),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "“drawing.svg” is not a PDF, JPG or PNG file."),
        ("tool.png", b"MZ" + b"\0" * 64, "“tool.png” is not a PDF, JPG or PNG file."),
        ("letter.docx", b"PK\x03\x04" + b"0" * 64, "“letter.docx” is not a PDF, JPG or PNG file."),
        ("<b>.txt", b"text", "“<b>.txt” is not a PDF, JPG or PNG file."),
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
        ("half.jpg", JPG[:-2]),
        ("preview.jpg", JPG[:12]),
        ("junk.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64),
        ("half.png", PNG[:-12]),
        ("cut.png", PNG[:-20]),
        ("empty.png", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_a_file_without_a_middle_or_an_end_is_refused(form, name, content):
    response = form(upload(name, content), add="1")
    assert response.status_code == 422
    assert f"“{name}” seems to be damaged or incomplete." in shown(response)
    assert kept() == []


@needs(SAMPLES)
def test_real_files_pass_whole_and_fail_cut_in_half():
    wholes = [path for kind in ("pdf", "jpg", "png") for path in SAMPLES.glob(f"*.{kind}") if "html" not in path.name]
    assert len(wholes) >= 10
    for path in wholes:
        content = path.read_bytes()
        assert sniff_media_type(path.name, content)
        assert sniff_media_type(path.name, content + b"\0" * 4096), "what cameras and mail programs add"
        with pytest.raises(FileRefused, match="damaged or incomplete"):
            sniff_media_type(path.name, content[: len(content) // 2])


def test_an_empty_file_is_named(form):
    response = form(upload("empty.pdf", b""), add="1")
    assert response.status_code == 422
    assert "“empty.pdf” is empty." in shown(response)


def test_a_file_is_what_its_content_is_whatever_it_is_called(form):
    form(upload("photo.pdf", PNG), add="1")
    assert kept() == [("photo.pdf", "image/png", PNG)]
    assert download_name("photo.pdf", "image/png") == "photo.pdf.png"
    assert download_name("bill.PDF", "application/pdf") == "bill.PDF"
    assert download_name("photo.jpeg", "image/jpeg") == "photo.jpeg"
    assert download_name(".png", "image/png") == ".png.png"


def test_what_is_right_is_kept_beside_what_is_wrong(form):
    response = form(upload("bill.pdf", PDF), upload("notes.txt", b"text"), add="1")
    assert response.status_code == 422
    assert "“notes.txt” is not a PDF" in shown(response)
    assert [name for name, _type, _content in kept()] == ["bill.pdf"]


def test_a_file_may_have_ten_megabytes_and_no_more(form, settings):
    settings.MAX_UPLOAD_BYTES = 1024**2
    exactly, more = pdf(1024**2), pdf(1024**2 + 1)
    assert form(upload("large.pdf", exactly), add="1").status_code == 302
    response = form(upload("larger.pdf", more), add="1")
    assert "“larger.pdf” is larger than 1 MB." in shown(response)
    assert len(kept()) == 1


def test_too_much_at_once_is_told_apart_from_nothing(form, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = form(upload("bill.pdf", pdf(2000)), add="1")
    assert response.status_code == 422
    assert "The files are too large to send together." in shown(response)


def test_five_files_are_enough(client, form):
    form(*(upload(f"{number}.pdf", PDF) for number in range(6)), add="1")
    assert len(kept()) == 5
    response = form(upload("sixth.pdf", PDF), add="1")
    assert "“sixth.pdf” was not added: you can send 5 files." in shown(response)
    assert "To add another, remove one first." in shown(client.get(walk.url("files")))


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
    assert PDF not in row.__dict__["content"].ciphertext


@pytest.mark.django_db
def test_files_cannot_come_before_a_draft(client):
    response = client.post(walk.url("files"), {"draft": "", "files": upload("bill.pdf", PDF)})
    assert response.status_code == 409
    assert client.post(reverse("intake:files"), {"files": "x"}).status_code == 409
    assert kept() == []
