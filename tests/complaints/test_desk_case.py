"""One case on one page: all of it, for whoever may see it, and why what cannot be done cannot be done."""

import html
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.capa.lifecycle import CapaRefused
from complaints.capa.operations import record_root_cause
from complaints.capa.queries.cases import cases_with_references
from complaints.correspondence.models import Dispatch, DispatchKind, Letter, LetterChannel
from complaints.enums import Audience, State
from complaints.lifecycle import TransitionRefused
from complaints.models import Assessment, Complaint, Decision, Evidence, Note, TimelineEntry
from complaints.operations import record_undeliverable, send_message, write_note
from complaints.queries.case import read_case
from complaints.queries.decision_letter import issued_letter
from complaints.queries.member_cases import case_page
from complaints.reference import new_reference
from members.actors import Role
from members.audit.models import Event
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.files.kept import kept
from tests.people import member_account, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
UNKNOWN = new_reference(AT)
ACTS = (
    "take", "acknowledge", "assess", "write_note", "add_evidence", "record_address", "investigate", "decide",
    "issue_letter", "inform",
    "message", "close",
)  # fmt: skip


def address(name, row, *more):
    return reverse(f"desk:{name}", args=[getattr(row, "reference", row), *more])


def shown(response):
    return html.unescape(response.content.decode())


def steps(actor, row, at=AT):
    """Return what can be pressed and why the rest cannot."""
    case = read_case(actor=actor, reference=row.reference, at=at)
    return {step.name: step.act or step.reason or bool(step.done_at) for step in case.steps}


def test_a_case_takes_a_fixed_number_of_queries(desk, django_assert_num_queries):
    at = database_now()
    row = stages.lettered(desk.actor, at=at, by=stages.insured())
    for number in range(3):
        send_message(actor=desk.actor, at=at, complaint_id=row.pk, body=f"Message {number}")
    with django_assert_num_queries(16):
        desk.get(address("case", row))


def test_a_case_shows_all_of_it(desk):
    insured = stages.insured()
    row = stages.decided(
        desk.actor,
        at=database_now() - timedelta(hours=1),
        by=insured,
        language="es",
        narrative="You paid the claim.\n\nThen I got the bill.",
        desired_outcome="Pay it.",
        phone="860-555-0133",
        postal_address="12 Elm Street",
        member_number="MHP-1",
    )
    send_message(actor=insured.actor, at=database_now(), complaint_id=row.pk, body="Any news?")
    page = shown(desk.get(address("case", row)))
    for words in (
        "Then I got the bill.", "Pay it.", "Joseph K", "joseph@example.org", "860-555-0133", "12 Elm Street", "MHP-1",
        "Español", "Call of March 3", "Call recording", "Asked for the call.", "The approval was never entered.",
        "Decision: Upheld", "We said yes before the scan.", "We pay the claim by July 1.", "Any news?",
        "Answer the complaint", "Answer a message", "Due in ", "House policy 3", "Severity", "Online form",
        "We looked at how urgent and how complex it is: Standard track",
    ):  # fmt: skip
        assert words in page, words


def test_who_opened_what_and_why_is_recorded(desk):
    row = stages.received()
    desk.get(address("case", row))
    event = Event.objects.get(action="phi.opened", object_id=row.pk)
    assert (event.actor_id, event.matter_id, event.detail["purpose"]) == (desk.actor.user_id, row.pk, "work the case")
    assert {"narrative", "complainant_name"} <= set(event.detail["columns"])


def test_the_steps_follow_the_lifecycle(agent):
    not_yet = "Not yet: the complaint has to be {} first."
    written_first = "Not yet: the letter has to be written first."
    assert steps(agent, stages.received()) == {
        "Receipt confirmed": "acknowledge",
        "Assessed": "Take the complaint first, so that somebody answers for it.",
        "Investigated": not_yet.format("assessed"),
        "Decided": not_yet.format("investigated"),
        "Letter written": not_yet.format("decided"),
        "Letter sent": written_first,
        "Closed": not_yet.format("decided"),
    }
    assert steps(agent, stages.decided(agent)) == {
        "Receipt confirmed": "acknowledge",
        "Assessed": True,
        "Investigated": True,
        "Decided": True,
        "Letter written": "issue_letter",
        "Letter sent": written_first,
        "Closed": "The decision letter has not been sent yet. Send it, then close.",
    }
    assert set(steps(agent, stages.closed(agent)).values()) == {True}


def test_assessing_anew_is_possible_until_the_investigation_is_finished(agent):
    assert steps(agent, stages.assessed(agent))["Assessed"] == "assess"
    assert steps(agent, stages.investigated(agent))["Assessed"] is True


def test_a_posted_letter_waits_for_somebody_and_an_online_one_for_the_mail(agent):
    assert steps(agent, stages.lettered(agent))["Letter sent"] == "inform"
    row = stages.lettered(agent, by=stages.insured(), channel=LetterChannel.PORTAL)
    assert steps(agent, row)["Letter sent"].startswith("The notice by e-mail is on its way")


def test_an_online_letter_whose_notice_failed_waits_for_somebody(agent):
    row = stages.lettered(agent, by=stages.insured(), channel=LetterChannel.PORTAL)
    record_undeliverable(at=AT, dispatch_id=Dispatch.objects.get(kind=DispatchKind.LETTER_READY).pk)
    assert steps(agent, row)["Letter sent"] == "inform"


def test_the_next_step_is_one_that_needs_somebody(agent):
    def next_of(row):
        return read_case(actor=agent, reference=row.reference, at=AT).next_step

    assert next_of(stages.taken(agent)).act == "assess"
    assert next_of(stages.taken(agent, email="")).act == "acknowledge"
    assert next_of(stages.closed(agent)) is None


def test_a_colleagues_case_says_who_has_it(desk, lead):
    row = stages.assessed(lead)
    page = shown(desk.get(address("case", row)))
    assert "Dana Ruiz has this complaint. Take it over first, so that only one of you works on it." in page
    assert address("take", row) in page
    assert address("investigate", row) not in page


@pytest.mark.parametrize("role", [Role.QUALITY_MANAGER, Role.AUDITOR, Role.PRIVACY_OFFICER])
def test_who_only_reads_gets_the_case_and_no_acts(client, agent, role):
    row = stages.decided(agent)
    sign_in(client, staff(role))
    response = client.get(address("case", row))
    assert response.status_code == 200
    for act in ACTS:
        assert address(act, row) not in shown(response)
        assert client.get(address(act, row)).status_code == 403
        assert client.post(address(act, row)).status_code == 403
    assert "Not yet" not in shown(response)
    assert stages.now(row).state == State.DECIDED


def test_members_and_administrators_reach_nothing(client):
    row = stages.received()
    for person in (staff(Role.ADMINISTRATOR), member_account()):
        sign_in(client, person)
        for name in ("case", *ACTS):
            assert client.get(address(name, row)).status_code == 403
        assert client.get(reverse("desk:queue")).status_code == 403


@pytest.mark.parametrize("name", ["case", "letter", "letter_pdf", *ACTS])
def test_an_unknown_reference_answers_in_the_same_words_however_it_is_wrong(desk, name):
    answers = [desk.get(address(name, reference)) for reference in (UNKNOWN, "nonsense", "C-26", "%00", "é" * 99)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_reference_may_be_typed_in_small_letters(desk):
    row = stages.received()
    assert desk.get(address("case", row.reference.lower())).status_code == 200


def test_an_enclosure_is_saved_and_never_runs_here(desk):
    row = stages.received()
    file = kept(complaint=row, name="bill “June”.pdf")
    assert "bill “June”.pdf" in shown(desk.get(address("case", row)))
    response = desk.get(address("file", row, file.pk))
    assert response.getvalue() == b"%PDF-1.7"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''bill%20")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "no-store")
    assert Event.objects.filter(action="phi.opened", object_id=file.pk, detail__columns__contains=["key"]).exists()


def test_an_enclosure_belongs_to_its_case(desk):
    row, other = stages.received(), stages.received()
    file = kept(complaint=row)
    assert desk.get(address("file", other, file.pk)).status_code == 404
    assert desk.get(address("file", row, row.pk)).status_code == 404


def test_a_file_of_a_draft_is_of_no_case(desk):
    row = stages.received()
    file = kept(draft_id=row.pk)
    assert desk.get(address("file", row, file.pk)).status_code == 404


def test_the_letter_is_read_as_it_went_out_and_saved_as_pdf(desk):
    row = stages.lettered(desk.actor)
    page = desk.get(address("letter", row))
    assert "We agree with your complaint." in shown(page)
    assert "Not yet" in shown(page)
    pdf = desk.get(address("letter_pdf", row))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="{row.reference}.pdf"'
    assert pdf["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_there_is_no_letter_before_it_is_issued(desk):
    row = stages.decided(desk.actor)
    assert {desk.get(address(name, row)).status_code for name in ("letter", "letter_pdf")} == {404}


def test_reading_changes_nothing(desk):
    row = stages.lettered(desk.actor)
    for name in ("case", "letter", "letter_pdf"):
        assert desk.post(address(name, row)).status_code == 405
    events = Event.objects.exclude(action="phi.opened")
    before = events.count()
    for act in ACTS:
        assert desk.get(address(act, row)).status_code == 200
    assert events.count() == before


@pytest.fixture
def colleague():
    """Return a member who works here, too."""
    insured = stages.insured()
    both = replace(insured.actor, roles=frozenset({Role.MEMBER, Role.AGENT, Role.QUALITY_MANAGER}))
    return replace(insured, actor=both)


def test_who_works_here_reads_the_own_complaint_as_its_member_only(agent, colleague):
    row = stages.lettered(agent, by=colleague, channel=LetterChannel.PORTAL)
    me = colleague.actor
    assert read_case(actor=me, reference=row.reference, at=AT) is None
    assert issued_letter(actor=me, reference=row.reference, at=AT) is None
    assert not cases_with_references(actor=me, references=[row.reference])
    for hidden in (Note, Evidence, Assessment, Decision, Letter):
        assert not hidden.objects.visible_to(me).exists(), hidden
    told = TimelineEntry.objects.visible_to(me)
    assert {entry.audience for entry in told} == {Audience.EVERYONE}
    page = case_page(actor=me, now=AT, reference=row.reference)
    assert (page.reference, page.letter_sent, page.rights) == (row.reference, "", None)
    others = stages.lettered(agent)
    assert read_case(actor=me, reference=others.reference, at=AT).decision is not None


def test_who_works_here_records_no_cause_of_the_own_complaint(agent, colleague):
    row = stages.decided(agent, by=colleague)
    with pytest.raises(CapaRefused, match="This is your own complaint"):
        record_root_cause(actor=colleague.actor, at=AT, complaint_id=row.pk, cause="claim_coding")


def test_the_own_complaint_is_worked_on_by_colleagues_alone(colleague):
    row = stages.received(by=colleague)
    with pytest.raises(TransitionRefused, match="This is your own complaint"):
        write_note(actor=colleague.actor, at=AT, complaint_id=row.pk, body="Urgent!")
    as_agent_alone = replace(colleague.actor, roles=frozenset({Role.AGENT}))
    with pytest.raises(Complaint.DoesNotExist):
        write_note(actor=as_agent_alone, at=AT, complaint_id=row.pk, body="Urgent!")


def test_what_is_still_owed_on_the_expedited_track_is_said(desk):
    row = stages.received(at=database_now(), harm_if_waiting=True)
    words = "Take the complaint first: on the expedited track the confirmation names the case manager."
    assert words in shown(desk.get(reverse("desk:case", args=[row.reference])))
