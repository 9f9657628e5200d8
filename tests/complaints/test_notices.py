"""What a missed date brings about: the letter of delay, the notice to the next body, the file for the review."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pikepdf
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from complaints.correspondence.models import Dispatch, DispatchKind, Notice
from complaints.correspondence.rendering import LetterContent
from complaints.enums import Language, LineOfBusiness
from complaints.notices.dossier import HELD_IN
from complaints.notices.records import COUNTED
from complaints.operations import (
    inform_member,
    record_sent,
    send_message,
    withdraw_complaint,
)
from complaints.receivers import escalate
from members.accounts.models import User
from members.audit.models import Event
from members.identifiers import new_id
from slas import versions
from slas.missed import MissAction, MissKind
from slas.models import Clock, ClockState, Outbox, PolicyVersion
from slas.outbox import settle
from slas.signals import Fired
from slas.trace import Why
from slas.versions import terms_of
from tests.complaints import stages
from tests.complaints.delays import LATE, letter_of, missed, tasks_to_send, words_of
from tests.people import sign_in

pytestmark = pytest.mark.usefixtures("policies")
TEN_BUSINESS_DAYS = datetime(2026, 7, 17, 21, 0, tzinfo=UTC)
MEDICARE = LineOfBusiness.MEDICARE_ADVANTAGE


@pytest.fixture
def regulated(settings):
    """Let the packs bind that ask for a notice to the next body, and for a file for the review."""
    settings.JURISDICTIONS = ["us", "us-ca", "gb"]
    settings.ENABLED_PACKS = ["california_dmhc"]


def test_a_letter_of_delay_says_why_until_when_and_what_rights_there_are(agent):
    row = stages.investigated(agent, line_of_business=MEDICARE)
    missed(row)
    letter = letter_of(row)
    words = words_of(letter)
    assert letter.title == "Our answer to your complaint is late"
    assert "We got your complaint on June 1, 2026. By law, our answer was due by July 1, 2026." in words
    assert "We did not answer in time. We are sorry." in words  # the pack's own words
    assert "We have looked into it, but we have not decided yet." in words
    assert "You hear from us by July 17, 2026: with our decision, or with word on how far we are." in words
    assert "1-800-MEDICARE" in words
    assert "42 CFR 422.564(e)." in words
    assert letter.recipient == ("Joseph K", "1 Elm Street", "Hartford, CT 06103")
    assert letter.signed_by[0] == "Ana Lee"


def test_the_day_it_names_is_a_promise_with_a_clock_of_its_own(agent):
    row = stages.assessed(agent, by=stages.insured(), line_of_business=MEDICARE)
    missed(row)
    clock = Clock.objects.get(matter_id=row.pk, kind="follow_up")
    assert (clock.started_at, clock.due_at) == (LATE, TEN_BUSINESS_DAYS)
    send_message(actor=agent, at=LATE + timedelta(days=2), complaint_id=row.pk, body="We wait for the records.")
    clock.refresh_from_db()
    assert clock.state == ClockState.MET


@pytest.mark.parametrize(("days", "state"), [(1, ClockState.MET), (30, ClockState.MISSED)])
def test_our_decision_keeps_that_promise_or_breaks_it(agent, days, state):
    row = stages.lettered(agent, line_of_business=MEDICARE)
    missed(row)
    inform_member(actor=agent, at=LATE + timedelta(days=days), complaint_id=row.pk, proof="post")
    assert Clock.objects.get(matter_id=row.pk, kind="follow_up").state == state


def test_however_often_it_is_asked_for_there_is_one_of_each(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    assert [notice.kind for notice in missed(row)] == ["delay_letter"]
    assert missed(row, at=LATE + timedelta(hours=1)) == []
    assert len(stages.all_of(Notice, row)) == 1
    assert Clock.objects.filter(matter_id=row.pk, kind="follow_up").count() == 1


def test_the_database_keeps_it_at_one_of_each(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    [notice] = missed(row)
    notice.id, notice.content, notice.file = new_id(), {}, b""
    with pytest.raises(IntegrityError, match="notice_once_to_each"), transaction.atomic():
        notice.save(force_insert=True)


def test_each_of_two_bodies_gets_its_own_notice_however_often_it_is_asked_for(agent, monkeypatch):
    row = stages.assessed(agent, line_of_business=LineOfBusiness.INDIVIDUAL)
    clock = Clock.objects.get(matter_id=row.pk, kind="resolve")
    terms = terms_of(clock.policy_id, clock.calendar_id)
    bodies = [MissAction(MissKind.NOTICE_TO_NEXT_BODY, to, "It is late.", ("Call.",), (), "§ 1") for to in ("A", "B")]
    two = replace(terms, policy=replace(terms.policy, on_miss=tuple(bodies)))
    monkeypatch.setitem(versions._shelf.terms, (clock.policy_id, clock.calendar_id), two)
    assert [notice.addressee for notice in missed(row, "resolve")] == ["A", "B"]
    assert missed(row, "resolve") == []


@pytest.mark.usefixtures("regulated")
def test_the_file_for_the_review_holds_two_letters_of_one_kind_and_day_in_the_houses_dates(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    evening = datetime(2026, 7, 28, 2, 0, tzinfo=UTC)  # the 27th where the insurer is
    missed(row, at=evening)
    missed(row, "disp_final_response", at=evening)
    file = next(notice for notice in stages.all_of(Notice, row) if notice.kind == "external_review_file")
    names = ZipFile(BytesIO(stages.opened(file, "file"))).namelist()
    letters = [name for name in names if name.startswith("letters/")]
    assert letters == ["letters/01 delay letter 2026-07-27.pdf", "letters/02 delay letter 2026-07-27.pdf"]


def test_no_letter_of_delay_says_that_something_was_sent_which_goes_later():
    letters = [
        action["words"]
        for version in PolicyVersion.objects.all()
        for action in version.on_miss
        if action["kind"] == MissKind.DELAY_LETTER
    ]
    assert letters
    assert not [words for words in letters if "sent" in words.split()]


@pytest.mark.usefixtures("regulated")
def test_before_the_date_only_the_letter_goes_and_says_that_the_date_is_still_ahead(agent):
    row = stages.assessed(agent)
    before = datetime(2026, 7, 24, 14, 0, tzinfo=UTC)
    assert [notice.kind for notice in missed(row, "disp_final_response", at=before, code=90)] == ["delay_letter"]
    letter = letter_of(row)
    assert letter.title == "Our answer to your complaint takes longer"
    assert "By law, our answer is due by July 27, 2026." in words_of(letter)
    after = missed(row, "disp_final_response", at=before + timedelta(days=4))
    assert [notice.kind for notice in after] == ["external_review_file"]


@pytest.mark.usefixtures("regulated")
def test_the_next_body_is_told_which_case_which_rule_and_which_date(agent):
    row = stages.assessed(agent, line_of_business=LineOfBusiness.INDIVIDUAL, member_number="MHP-1")
    missed(row, "dmhc_decision")
    letter = letter_of(row, "notice_to_next_body")
    assert letter.recipient == ("Department of Managed Health Care",)
    for said in ("onto the list", row.reference, "Joseph K", "MHP-1", "28 CCR 1300.68(d)(3)", "Due: July 1, 2026"):
        assert said in words_of(letter)
    assert [task.detail["title"] for task in tasks_to_send(row)] == [
        "Letter of delay: member",
        "Notice to the next body: Department of Managed Health Care",
    ]


@pytest.mark.usefixtures("regulated")
def test_the_file_for_the_review_holds_what_the_rule_asks_for_with_an_index_first(agent):
    row = stages.decided(agent, narrative="They refused the scan 😣.", desired_outcome="Pay it.")
    missed(row, "disp_final_response", at=datetime(2026, 7, 28, 14, 0, tzinfo=UTC))
    [notice] = [notice for notice in stages.all_of(Notice, row) if notice.kind == "external_review_file"]
    archive = ZipFile(BytesIO(stages.opened(notice, "file")))
    assert archive.testzip() is None
    assert archive.namelist() == [
        "00 index.pdf",
        "01 complaint.pdf",
        "02 letters and messages.pdf",
        "03 evidence.pdf",
        "04 decision.pdf",
        "05 timeline.pdf",
        "complaint/words.txt",
        "letters/01 delay letter 2026-07-28.pdf",
    ]
    assert archive.read("complaint/words.txt").decode() == "They refused the scan 😣."
    for name in archive.namelist():
        if name.endswith(".pdf"):
            assert_accessible(archive.read(name))
    index = words_of(LetterContent.restored(stages.opened(notice, "content")))
    assert "a timeline of every step and its due date: 05 timeline.pdf" in index


def assert_accessible(content: bytes):
    with pikepdf.open(BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        assert metadata.get("pdfuaid:part") == "1"
        assert str(pdf.Root.Lang) == "en"
        assert "/StructTreeRoot" in pdf.Root


def test_the_letter_is_an_accessible_pdf_in_english_with_help_in_the_members_language(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE, language=Language.ES)
    [notice] = missed(row)
    assert_accessible(bytes(stages.opened(stages.all_of(Notice, row)[0], "file")))
    assert letter_of(row).language_help.startswith("ATENCIÓN")
    assert notice.media_type == "application/pdf"


def test_a_name_that_no_typeface_draws_holds_no_letter_up(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE, name="ᚠᚢᚦ", postal_address="1 Elm 😣 Street")
    missed(row)
    assert letter_of(row).recipient == ("Member", "1 Elm [PERSEVERING FACE] Street")


def test_what_it_holds_is_sealed_at_rest(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    [notice] = missed(row)
    stored = Notice.objects.unscoped("a test looks").get(pk=notice.pk).__dict__
    assert b"%PDF" not in stored["file"].ciphertext
    assert b"Joseph" not in stored["content"].ciphertext


def test_the_outbox_asks_for_it_once_and_knows_only_ids(agent, transactional_db):  # noqa: ARG001 -- effects outside commit
    row = stages.assessed(agent, line_of_business=MEDICARE)
    clock = Clock.objects.select_related("policy", "matter").get(matter_id=row.pk, kind="ma_grievance_answer")
    fired = Fired(clock, 100, 1, clock.due_at, "produce_notice", f"sla:{clock.id}:1:100:produce_notice")
    for _ in range(2):
        escalate(firings=[fired], at=LATE)
    [effect] = Outbox.objects.filter(topic="complaints.notices")
    assert effect.payload == {"clock": str(clock.id), "epoch": 1, "code": 100}
    assert settle([effect.pk]) == 1
    assert [notice.kind for notice in stages.all_of(Notice, row)] == ["delay_letter"]


def test_a_withdrawn_complaint_gets_no_letter():
    insured = stages.insured()
    row = stages.received(by=insured, line_of_business=MEDICARE)
    withdraw_complaint(actor=insured.actor, at=LATE, complaint_id=row.pk)
    assert missed(row) == []


def test_everything_that_a_pack_wants_held_has_its_place_in_the_file():
    wanted = {
        held
        for version in PolicyVersion.objects.filter(legal=True)
        for action in version.on_miss
        if action["kind"] == MissKind.EXTERNAL_REVIEW_FILE
        for held in action["holds"]
    }
    assert wanted == set(HELD_IN)
    assert set(COUNTED) == set(Why)


def test_the_case_shows_it_hands_it_out_and_records_who_took_it(desk):
    row = stages.assessed(desk.actor, line_of_business=MEDICARE)
    [notice] = missed(row)
    page = desk.get(reverse("desk:case", args=[row.reference])).content.decode()
    assert "Letter of delay" in page
    assert "Record that it was sent" in page
    response = desk.get(reverse("desk:notice", args=[row.reference, notice.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="{row.reference}-delay-letter.pdf"'
    assert response.content.startswith(b"%PDF")
    assert Event.objects.filter(action="phi.opened", object_type="correspondence_notice", object_id=notice.pk).exists()


def test_sending_is_recorded_at_the_desk(desk):
    row = stages.assessed(desk.actor, line_of_business=MEDICARE)
    [notice] = missed(row)
    address = reverse("desk:send_notice", args=[row.reference, notice.pk])
    assert "from now on it counts as sent" in desk.get(address).content.decode()
    assert desk.post(address).status_code == 302
    assert stages.all_of(Notice, row)[0].sent_at
    assert desk.post(reverse("desk:send_notice", args=[row.reference, new_id()])).status_code == 404


def test_the_member_reads_the_letter_once_it_is_sent_and_no_other_notice(client, agent):
    insured = stages.insured()
    row = stages.assessed(agent, by=insured, line_of_business=MEDICARE)
    [notice] = missed(row)
    sign_in(client, User.objects.get(pk=insured.actor.user_id))
    address = reverse("member:notice", args=[row.reference, notice.pk])
    assert client.get(address).status_code == 404
    record_sent(at=LATE, dispatch_id=Dispatch.objects.get(kind=DispatchKind.NOTICE_READY).pk)
    assert address in client.get(reverse("member:case", args=[row.reference])).content.decode()
    assert "Our answer to your complaint is late" in client.get(address).content.decode()
    assert client.get(reverse("member:notice_pdf", args=[row.reference, notice.pk])).content.startswith(b"%PDF")
