"""A file of 25 MB from the form to the sealed store and back, beside writing it to the same disk as it is.

The form is the real one, by real requests: parsed, cleaned, sealed, synced, listed; then saved again from the case's
page. A scanned document is what people send in that size; a photo is measured too, for it is decoded and drawn anew.
"""

import os
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median

import pikepdf
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from PIL import Image

from complaints.models import Enclosure
from members.actors import Role
from tests.benchmarks.figure import Figure
from tests.intake import walk
from tests.people import sign_in, staff

SIZE = 25 * 1024**2
ROUNDS = 5
TARGET_S = 1.0
BEFORE = ("who", "urgent", "topic", "what-happened")


def measure() -> Figure:
    """Send and fetch in turns with the plain writing and reading, so that the disk's moods fall on both."""
    # Nothing is collected for a benchmark, and pages ask for the addresses of static files.
    stores = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(FILES_FOLDER=Path(folder, "sealed"), CLAMD="", STORAGES=stores),
    ):
        papers, photos, plain = [], [], []
        scan, photo = _scan(), _photo()
        for _round in range(ROUNDS):
            papers.append(_there_and_back("scan.pdf", scan))
            photos.append(_there_and_back("photo.jpg", photo))
            plain.append(_timed(lambda: _plainly(Path(folder, "plain"), scan)))
    there, back = median(sent for sent, _ in papers), median(fetched for _, fetched in papers)
    value = median(sum(both) for both in papers)
    return Figure(
        name="sealed_file",
        value=value,
        unit="s",
        baseline=median(plain),
        baseline_is="the same bytes written, synced and read in clear",
        target=f"<= {TARGET_S:g} s",
        ok=value <= TARGET_S,
        more={
            "megabytes": len(scan) / 1024**2,
            "form_to_store_s": there,
            "store_to_browser_s": back,
            "photo_megabytes": len(photo) / 1024**2,
            "photo_s": median(sum(both) for both in photos),
        },
    )


def _there_and_back(name: str, content: bytes) -> tuple[float, float]:
    """Return how long a file took from the form to the store, and from there to a case handler."""
    guest, desk = Client(headers={"Host": "localhost"}), Client(headers={"Host": "localhost"})
    for step in BEFORE:
        walk.answer(guest, step)
    draft = walk.page_draft(guest, "files")
    file = SimpleUploadedFile(name, content)
    sent = _timed(lambda: _expect(guest.post(walk.url("files"), {"draft": draft, "files": file, "add": "1"}), 302))
    walk.answer(guest, "outcome")
    reference = walk.send(guest)["Location"].rstrip("/").rpartition("/")[2]
    row = Enclosure.objects.unscoped("benchmark").filter(complaint__reference=reference).get()
    sign_in(desk, staff(Role.AGENT))
    address = reverse("desk:file", args=[reference, row.pk])
    fetched = _timed(lambda: sum(map(len, _expect(desk.get(address), 200).streaming_content)))
    return sent, fetched


def _expect(response, status: int):
    if response.status_code != status:
        raise RuntimeError(f"answered {response.status_code}: {response.content.decode()[:2000]}")
    return response


def _scan() -> bytes:
    """Return a document of as many bytes as may be sent: pages that each hold what no packing makes smaller."""
    with pikepdf.new() as made:
        for _page in range(25):
            page = made.add_blank_page()
            page.Contents = made.make_stream(os.urandom(SIZE // 25 - 400))
        file = BytesIO()
        made.save(file, compress_streams=False)
    return file.getvalue()


def _photo() -> bytes:
    """Return a photo as a telephone takes it in its finest mode: 12 million pixels."""
    file = BytesIO()
    Image.effect_noise((4032, 3024), 60).convert("RGB").save(file, "JPEG", quality=92)
    return file.getvalue()


def _plainly(place: Path, content: bytes) -> None:
    with place.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    place.read_bytes()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
