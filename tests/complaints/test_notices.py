"""What a missed date brings about: the letter of delay, the notice to the next body, the file for the review."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pikepdf
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind, Notice
from complaints.correspondence.rendering import LetterContent
from complaints.enums import Language, LineOfBusiness, TaskKind, TimelineCode
from complaints.lifecycle import TransitionRefused
from complaints.models import Task, TimelineEntry
from complaints.notices.dossier import HELD_IN
from complaints.notices.make import make_notices
from complaints.notices.receivers import give_up_making, make
from complaints.notices.records import COUNTED
from complaints.operations import (
    finish_task,
    inform_member,
    record_sent,
    record_undeliverable,
    send_message,
    send_notice,
    withdraw_complaint,
)
from complaints.permissions import ActionForbidden
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
from tests.people import sign_in

pytestmark = pytest.mark.usefixtures("policies")
LATE = datetime(2026, 7, 2, 14, 0, tzinfo=UTC)
"""Ten in the morning after the thirtieth day."""
TEN_BUSINESS_DAYS = datetime(2026, 7, 17, 21, 0, tzinfo=UTC)
MEDICARE = LineOfBusiness.MEDICARE_ADVANTAGE


def missed(row, kind="ma_grievance_answer", *, at=LATE, code=100):
    """Make what the missed date of this clock brings about."""
    clock = Clock.objects.get(matter_id=row.pk, kind=kind)
    return make_notices(at=at, matter_id=row.pk, clock_id=clock.id, epoch=clock.epoch, code=code)


def letter_of(row, kind="delay_letter") -> LetterContent:
    [notice] = [notice for notice in stages.all_of(Notice, row) if notice.kind == kind]
    return LetterContent.restored(stages.opened(notice, "content"))


def words_of(letter) -> str:
    sections = (*letter.sections, letter.next_level)
    return " ".join(text for part in sections for text in (part.heading, *part.paragraphs, *part.items))


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


def test_a_letter_online_is_sent_when_the_mail_server_has_its_notice(mailoutbox):
    row = stages.received(by=stages.insured(), line_of_business=MEDICARE)
    missed(row)
    dispatch = Dispatch.objects.get(kind=DispatchKind.NOTICE_READY)
    send_email(dispatch, at=LATE)
    record_sent(at=LATE, dispatch_id=dispatch.pk)
    [notice] = stages.all_of(Notice, row)
    assert (notice.channel, notice.sent_at) == ("portal", LATE)
    assert stages.all_of(TimelineEntry, row)[-1].code == TimelineCode.NOTICE_SENT
    [message] = mailoutbox
    assert message.subject == f"A letter about your complaint {row.reference} is ready"
    assert not [word for word in ("Joseph", "denied", "Medicare", "422") if word in message.subject + message.body]
    assert dispatch.detail == {"notice": str(notice.pk)}


def test_a_letter_that_cannot_go_online_is_a_task_until_it_is_posted(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    [notice] = missed(row)
    [task] = stages_tasks(row)
    assert (task.kind, task.assignee_id, task.done_at) == (TaskKind.SEND_NOTICE, agent.user_id, None)
    send_notice(actor=agent, at=LATE, complaint_id=row.pk, notice_id=notice.pk)
    [task] = stages_tasks(row)
    assert (task.done_at, task.done_by_id) == (LATE, agent.user_id)
    assert stages.all_of(Notice, row)[0].sent_at == LATE


def test_a_press_does_not_bury_a_letter_that_nobody_has_sent(desk):
    row = stages.assessed(desk.actor, line_of_business=MEDICARE)
    [notice] = missed(row)
    [task] = stages_tasks(row)
    with pytest.raises(TransitionRefused, match="Record that it was sent"):
        finish_task(actor=desk.actor, at=LATE, task_id=task.pk)
    sending = reverse("desk:send_notice", args=[row.reference, notice.pk])
    ending = reverse("desk:task_done", args=[task.pk])
    for address in (reverse("desk:tasks"), reverse("desk:case", args=[row.reference]), ending):
        assert sending in desk.get(address).content.decode()
    refused = desk.post(ending)
    assert refused.status_code == 409
    assert "There is a problem" in refused.content.decode()
    assert stages_tasks(row)[0].done_at is None
    assert desk.post(sending).status_code == 302
    assert stages_tasks(row)[0].done_at


def test_a_letter_that_has_to_be_posted_is_due_at_the_end_of_the_next_business_day(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    missed(row)  # on a Thursday; Friday, July 3 is the holiday
    [task] = stages_tasks(row)
    assert task.due_at == datetime(2026, 7, 6, 21, 0, tzinfo=UTC)


def test_a_letter_whose_e_mail_reaches_nobody_is_a_task_to_post_it(agent):
    row = stages.assessed(agent, by=stages.insured(), line_of_business=MEDICARE)
    [notice] = missed(row)
    dispatch = Dispatch.objects.get(kind=DispatchKind.NOTICE_READY)
    record_undeliverable(at=LATE, dispatch_id=dispatch.pk)
    [task] = stages_tasks(row)
    assert (task.notice_id, task.due_at is None) == (notice.pk, False)
    record_sent(at=LATE + timedelta(hours=1), dispatch_id=dispatch.pk)
    assert stages_tasks(row)[0].done_at == LATE + timedelta(hours=1)


def test_what_could_not_be_made_is_somebodys_task_until_it_is_made(agent, transactional_db):  # noqa: ARG001 -- effects outside commit
    row = stages.assessed(agent, line_of_business=MEDICARE)
    clock = Clock.objects.get(matter_id=row.pk, kind="ma_grievance_answer")
    told = (row.pk, "notices:x", {"clock": str(clock.id), "epoch": clock.epoch, "code": 100})
    for _ in range(2):
        give_up_making(*told)
    [task] = Task.objects.unscoped("a test looks").filter(kind=TaskKind.WRITE_NOTICE)
    assert (task.assignee_id, task.detail, bool(task.due_at)) == (
        agent.user_id,
        {"title": "Answer the grievance"},
        True,
    )
    make(*told)
    task.refresh_from_db()
    assert (bool(task.done_at), task.done_by_id) == (True, None)


def stages_tasks(row):
    return list(Task.objects.unscoped("a test looks").filter(complaint=row, kind=TaskKind.SEND_NOTICE))


def test_what_was_sent_once_keeps_its_first_proof(agent):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    [notice] = missed(row)
    for hours in (0, 1):
        send_notice(actor=agent, at=LATE + timedelta(hours=hours), complaint_id=row.pk, notice_id=notice.pk)
    assert stages.all_of(Notice, row)[0].sent_at == LATE


def test_a_letter_online_is_posted_only_if_its_notice_reached_nobody(agent):
    row = stages.assessed(agent, by=stages.insured(), line_of_business=MEDICARE)
    [notice] = missed(row)
    posting = {"actor": agent, "at": LATE, "complaint_id": row.pk, "notice_id": notice.pk}
    with pytest.raises(TransitionRefused, match="goes online"):
        send_notice(**posting)
    record_undeliverable(at=LATE, dispatch_id=Dispatch.objects.get(kind=DispatchKind.NOTICE_READY).pk)
    assert send_notice(**posting).sent_at == LATE


def test_a_member_cannot_say_that_it_was_sent(agent):
    insured = stages.insured()
    row = stages.assessed(agent, by=insured, line_of_business=MEDICARE)
    [notice] = missed(row)
    with pytest.raises(ActionForbidden):
        send_notice(actor=insured.actor, at=LATE, complaint_id=row.pk, notice_id=notice.pk)


def test_a_notice_of_another_case_is_not_found(agent):
    mine, other = (stages.assessed(agent, line_of_business=MEDICARE) for _ in range(2))
    [notice] = missed(other)
    with pytest.raises(Notice.DoesNotExist):
        send_notice(actor=agent, at=LATE, complaint_id=mine.pk, notice_id=notice.pk)


def test_who_has_the_answer_needs_no_letter_of_delay(agent):
    row = stages.lettered(agent, line_of_business=MEDICARE)
    inform_member(actor=agent, at=LATE, complaint_id=row.pk, proof="post")
    assert missed(row) == []


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
    assert [task.detail["title"] for task in stages_tasks(row)] == [
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
