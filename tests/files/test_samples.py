"""Every real file that we have, sent through the real form: taken or refused as its description says."""

import csv
import html
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from complaints.files.kinds import JPEG, PDF, PNG
from complaints.files.store import read_whole
from complaints.models import Enclosure
from members.actors import SYSTEM
from members.privacy.access import phi_access
from tests import people
from tests.shared_data import SAMPLES, needs

MANIFEST = SAMPLES / "manifest.csv"
ROWS = list(csv.DictReader(MANIFEST.read_text(encoding="utf-8").splitlines())) if MANIFEST.exists() else []
KEPT_AS = {"image/jpeg": JPEG, "image/heif": JPEG, "image/png": PNG, "application/pdf": PDF}
UNREADABLE = ("not_decodable", "html", "svg")
EXPECTED_MANY = 20


def expected(row: dict[str, str]) -> str:
    """Return what becomes of a file by its row: the type it is kept as, or the words that refuse it."""
    if "encrypted" in row["traits"]:
        return "is locked with a password"
    if row["libmagic_mime"] == "image/heic":
        return "seems to be damaged or incomplete"
    if row["traits"].startswith(UNREADABLE):
        return "is not a PDF file or a photo"
    return KEPT_AS[row["libmagic_mime"] or "image/jpeg"]


@needs(MANIFEST)
def test_there_are_as_many_as_the_manifest_says():
    assert len(ROWS) == EXPECTED_MANY == len(list(SAMPLES.iterdir())) - 1


@needs(MANIFEST)
@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_real_file_is_taken_or_refused_as_its_row_says(form, store, row):
    content = (SAMPLES / row["file"]).read_bytes()
    response = form(SimpleUploadedFile(row["file"], content), add="1")
    kept = Enclosure.objects.unscoped("test").first()
    if kept is None:
        assert response.status_code == 422
        assert expected(row) in html.unescape(response.content.decode())
        assert not store.exists()
        return
    assert (response.status_code, kept.media_type) == (302, expected(row))
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        _judge(row, read_whole(kept))


def _judge(row: dict[str, str], content: bytes) -> None:
    traits = row["traits"]
    if row["libmagic_mime"] == PDF:
        with pikepdf.open(BytesIO(content)) as document:
            assert f"pages={len(document.pages)}" in traits
            assert not {"/OpenAction", "/AA", "/Names", "/Metadata"} & set(document.Root.keys())
            assert "/Info" not in document.trailer
            assert ("acroform" in traits) == ("/AcroForm" in document.Root)
            assert ("outlines" in traits) == ("/Outlines" in document.Root)
    else:
        picture = Image.open(BytesIO(content))
        assert dict(picture.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()
