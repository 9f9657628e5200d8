"""The virus check: what is found is refused, what cannot be checked waits where nobody can open it."""

import html
import socket
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.correspondence.models import Dispatch, DispatchKind, Message
from complaints.enums import FileState, TimelineCode
from complaints.files import clamd
from complaints.files.clamd import Check, Verdict, check
from complaints.models import Enclosure, TimelineEntry
from complaints.operations.recheck_files import Rechecked, recheck_files
from complaints.tasks import recheck
from members.actors import SYSTEM
from members.audit.models import Event
from members.privacy.access import phi_access
from members.privacy.file_storage import stored_objects
from tests import people
from tests.complaints import stages
from tests.files.clamav import EICAR, SIGNATURE, virus_check
from tests.files.kept import kept
from tests.intake import walk
from tests.intake.papers import PDF
from tests.people import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
NOBODY = "127.0.0.1:1"


def upload(content: bytes, name: str = "bill.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def infected_pdf() -> bytes:
    return PDF.replace(b"/MediaBox", b"/Marked <" + EICAR.hex().encode() + b"> /MediaBox").replace(
        b"startxref", b"%" + EICAR + b"\nstartxref"
    )


def shown(response) -> str:
    return html.unescape(response.content.decode())


def row() -> Enclosure:
    return Enclosure.objects.unscoped("test").get()


def test_without_a_daemon_nothing_is_asked(settings):
    settings.CLAMD = ""
    assert check(EICAR) == Check(Verdict.NOT_ASKED)


def test_the_daemon_hears_all_of_a_file_and_its_verdict_counts(checked):
    content = b"x" * (3 * clamd.PIECE_BYTES + 5)
    assert check(content) == Check(Verdict.CLEAN)
    assert checked.heard == [content]
    assert check(b"before" + EICAR) == Check(Verdict.HARMFUL, SIGNATURE)
    assert check(b"") == Check(Verdict.CLEAN)
    assert clamd.answers()


def test_the_daemon_may_listen_on_a_socket_of_the_file_system(settings, tmp_path):
    place = tmp_path / "clamd"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()
        settings.CLAMD = str(place)

        def answer() -> None:
            there, _address = listening.accept()
            with there:
                there.recv(100)
                there.sendall(b"PONG\0")

        thread = Thread(target=answer)
        thread.start()
        assert clamd.answers()
        thread.join()


@pytest.mark.parametrize("address", [NOBODY, "/nowhere/clamd.sock", "nonsense"])
def test_a_daemon_that_is_away_gives_no_verdict(settings, address):
    settings.CLAMD = address
    assert check(b"words") == Check(Verdict.UNKNOWN)
    assert not clamd.answers()


def test_a_file_that_the_daemon_finds_too_long_is_not_checked(settings):
    with virus_check(longest=clamd.PIECE_BYTES) as server:
        settings.CLAMD = server.address
        assert check(b"x" * 40 * clamd.PIECE_BYTES) == Check(Verdict.UNKNOWN)


def test_a_clean_file_is_kept_and_served(form, client, checked):
    assert form(upload(PDF), add="1").status_code == 302
    assert row().is_served
    assert checked.heard == [PDF], "what came in is checked, before any parser of ours reads it"
    assert "Being checked" not in shown(client.get(walk.url("files")))


@pytest.mark.usefixtures("checked")
def test_an_infected_file_is_refused_and_recorded(form):
    response = form(upload(infected_pdf()), upload(PDF, "right.pdf"), add="1")
    assert response.status_code == 422
    assert "“bill.pdf” was not taken: our virus check found something harmful in it." in shown(response)
    assert Enclosure.objects.unscoped("test").count() == len(list(stored_objects())) == 1
    event = Event.objects.get(action="draft.file_harmful")
    assert event.detail == {"signature": SIGNATURE}


def quarantined(form, settings) -> Enclosure:
    settings.CLAMD = NOBODY
    assert form(upload(PDF), add="1").status_code == 302
    return row()


@pytest.mark.usefixtures("policies")
def test_while_the_check_is_away_a_file_waits_and_is_not_served(form, client, settings):
    waiting = quarantined(form, settings)
    assert waiting.state == FileState.CHECKING
    page = shown(client.get(walk.url("files")))
    assert "Being checked" in page
    assert "Nobody can open it until that is done." in page
    complaint = stages.received()
    of_case = kept(complaint=complaint, state=FileState.CHECKING)
    sign_in(client, people.staff(people.Role.AGENT))
    page = shown(client.get(reverse("desk:case", args=[complaint.reference])))
    address = reverse("desk:file", args=[complaint.reference, of_case.pk])
    assert "Being checked" in page
    assert address not in page
    assert client.get(address).status_code == 404
    assert client.get(reverse("desk:file_preview", args=[complaint.reference, of_case.pk])).status_code == 404


def test_what_waits_is_released_when_the_check_is_back(form, settings):
    quarantined(form, settings)
    assert recheck_files(at=people.AT) == Rechecked(0, 0, 1)
    with virus_check() as server:
        settings.CLAMD = server.address
        recheck()
    assert row().is_served
    assert Event.objects.filter(action="file.released", object_id=row().pk).count() == 1
    assert recheck_files(at=people.AT) == Rechecked(0, 0, 0)


def test_without_a_check_nothing_has_to_wait_for_one(form, settings):
    quarantined(form, settings)
    settings.CLAMD = ""
    assert recheck_files(at=people.AT) == Rechecked(1, 0, 0)


def infected_on(complaint) -> Enclosure:
    return kept(b"%PDF-1.7" + EICAR, complaint=complaint, state=FileState.CHECKING, name="bill.pdf")


@pytest.mark.usefixtures("checked", "policies")
def test_what_turns_out_to_be_harmful_is_removed_and_the_member_is_told(django_capture_on_commit_callbacks):
    insured = stages.insured()
    complaint = stages.received(by=insured)
    file = infected_on(complaint)
    with django_capture_on_commit_callbacks(execute=True):
        assert recheck_files(at=people.AT) == Rechecked(0, 1, 0)
    gone = row()
    assert (gone.state, gone.is_served, list(stored_objects())) == (FileState.REMOVED, False, [])
    assert Event.objects.get(action="file.removed", object_id=file.pk).detail == {"signature": SIGNATURE}
    assert TimelineEntry.objects.unscoped("test").filter(code=TimelineCode.FILE_REMOVED).count() == 1
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        message = Message.objects.unscoped("test").get()
        assert message.body.startswith("We removed your file “bill.pdf”")
    assert Dispatch.objects.filter(kind=DispatchKind.MESSAGE_READY, matter_id=complaint.pk).count() == 1


@pytest.mark.usefixtures("checked", "policies")
def test_who_cannot_read_here_is_not_written_to_but_the_timeline_tells():
    complaint = stages.received()
    infected_on(complaint)
    recheck_files(at=people.AT)
    assert Message.objects.unscoped("test").count() == 0
    assert TimelineEntry.objects.unscoped("test").filter(code=TimelineCode.FILE_REMOVED).count() == 1


@pytest.mark.usefixtures("checked", "policies")
def test_a_removed_file_is_still_named_with_the_reason(client):
    complaint = stages.received()
    infected_on(complaint)
    recheck_files(at=people.AT)
    sign_in(client, people.staff(people.Role.AGENT))
    page = shown(client.get(reverse("desk:case", args=[complaint.reference])))
    assert "bill.pdf" in page
    assert "Our virus check found something harmful in it." in page


def test_an_operator_reads_how_the_check_stands(client, settings):
    settings.CLAMD = ""
    assert client.get("/health/files").json() == {"scanning": "off", "wrong": []}
    settings.CLAMD = NOBODY
    answer = client.get("/health/files")
    assert (answer.status_code, answer.json()) == (503, {"scanning": "away", "wrong": ["scanner_away"]})
    with virus_check() as server:
        settings.CLAMD = server.address
        assert client.get("/health/files").json() == {"scanning": "on", "wrong": []}
        kept(draft_id=people.member().pk, state=FileState.CHECKING)
        assert client.get("/health/files").json()["wrong"] == ["files_unchecked"]
