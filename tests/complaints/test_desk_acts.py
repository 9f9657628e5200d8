"""Each act on its own page: shown, done, refused aloud, and pressed twice."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.correspondence.models import Letter, LetterChannel, Message
from complaints.correspondence.rendering import LetterContent
from complaints.enums import EvidenceSource, NoteKind, Outcome, Priority, State, TimelineCode, Track
from complaints.models import Assessment, Decision, Evidence, Note, TimelineEntry
from complaints.operations import inform_member, take_complaint
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.stages import ORDINARY

pytestmark = pytest.mark.usefixtures("policies")
AXES = {
    "severity": "low",
    "safety": "low",
    "complexity": "low",
    "impact": "low",
    "immediate_action_needed": "no",
    "immediate_action_possible": "no",
    "line_of_business": "unknown",
    "track": "suggested",
}
DECISION = {
    "outcome": "partly_upheld",
    "rationale": "You asked us before the scan, and we said yes.",
    "evidence_reviewed": "Call of March 3",
    "remedy_kind": "claim_paid",
    "remedy": "We pay the claim by July 1.",
}
EVIDENCE = {
    "title": "Report of Dr. Voss",
    "source": "provider",
    "obtained_on_month": "3",
    "obtained_on_day": "4",
    "obtained_on_year": "2026",
    "detail": "The scan was needed.",
}


def address(name, row):
    return reverse(f"desk:{name}", args=[row.reference])


def shown(response):
    return html.unescape(response.content.decode())


def hidden(response):
    """Return the hidden fields of the act's form, as a browser sends them."""
    form = response.content.decode().partition("<main")[2]
    found = re.findall(r'<input type="hidden" name="(page|owner)"(?: value="([^"]*)")?', form)
    return dict(found)


def press(desk, name, row, **words):
    """Open the page of an act, fill it in and press its button."""
    page = desk.get(address(name, row))
    return desk.post(address(name, row), hidden(page) | words)


def done(desk, response, row):
    """Follow to the case; return what the banner says there."""
    assert response.status_code == 302, shown(response)
    assert response["Location"] == address("case", row)
    page = shown(desk.get(response["Location"]))
    return page.partition('govuk-notification-banner__content">')[2].partition("<")[0]


def codes(row):
    return [entry.code for entry in stages.all_of(TimelineEntry, row)]


@pytest.fixture
def hour_ago():
    return database_now() - timedelta(hours=1)


def test_a_case_that_nobody_has_is_taken_with_one_press(desk, hour_ago):
    row = stages.received(at=hour_ago)
    page = desk.get(address("case", row))
    response = desk.post(address("take", row), hidden(page))
    assert done(desk, response, row) == "The case is yours."
    assert stages.now(row).owner_id == desk.actor.user_id


def test_a_case_is_taken_over_knowingly(desk, lead, hour_ago):
    row = stages.taken(lead, at=hour_ago)
    assert done(desk, press(desk, "take", row), row) == "The case is yours."


def test_who_was_faster_is_said_and_the_case_can_be_taken_from_there(desk, lead, hour_ago):
    row = stages.received(at=hour_ago)
    stale = hidden(desk.get(address("case", row)))
    take_complaint(actor=lead, at=hour_ago, complaint_id=row.pk)
    response = desk.post(address("take", row), stale)
    assert response.status_code == 409
    assert "Dana Ruiz took this case after you had opened it." in shown(response)
    assert stages.now(row).owner_id == lead.user_id
    assert desk.post(address("take", row), hidden(response)).status_code == 302
    assert stages.now(row).owner_id == desk.actor.user_id


def test_the_coverage_is_asked_at_the_assessment_and_brings_the_dates_of_its_law(desk, hour_ago):
    row = stages.taken(desk.actor, at=hour_ago, line_of_business="group")
    assert '<option value="group" selected>' in shown(desk.get(address("assess", row)))
    done(desk, press(desk, "assess", row, **AXES | {"line_of_business": "part_d"}), row)
    page = shown(desk.get(address("case", row)))
    assert "Answer the Part D grievance" in page
    assert "42 CFR 423.564(e)(1)" in page


def test_a_call_is_recorded_as_the_confirmation_of_receipt(desk, hour_ago):
    row = stages.received(at=hour_ago)
    assert done(desk, press(desk, "acknowledge", row, proof="phone"), row) == (
        "It is recorded that receipt was confirmed."
    )
    assert stages.now(row).state == State.ACKNOWLEDGED
    assert stages.all_of(TimelineEntry, row)[-1].detail == {"proof": "phone"}


def test_after_the_work_has_begun_a_call_still_confirms(desk, hour_ago):
    row = stages.assessed(desk.actor, at=hour_ago)
    done(desk, press(desk, "acknowledge", row, proof="post"), row)
    assert (stages.now(row).state, stages.now(row).acknowledged_at is not None) == (State.ASSESSED, True)


def test_the_six_answers_pick_the_track(desk, hour_ago):
    row = stages.taken(desk.actor, at=hour_ago)
    response = press(desk, "assess", row, **AXES | {"safety": "high"})
    assert done(desk, response, row) == "The assessment is saved."
    assert (stages.now(row).track, stages.now(row).priority) == (Track.EXPEDITED, Priority.URGENT)


def test_the_suggestion_is_shown_without_saving(desk, hour_ago):
    row = stages.taken(desk.actor, at=hour_ago)
    response = press(desk, "assess", row, **AXES | {"complexity": "high", "then": "suggest"})
    assert response.status_code == 200
    assert "These answers suggest the <strong>complex</strong> track." in shown(response)
    assert not stages.all_of(Assessment, row)
    incomplete = press(desk, "assess", row, severity="high", then="suggest")
    assert incomplete.status_code == 422
    assert "Choose how severe it is." not in shown(incomplete)
    assert "Choose how much safety is at stake." in shown(incomplete)


def test_another_track_needs_a_reason_and_keeps_it(desk, hour_ago):
    row = stages.taken(desk.actor, at=hour_ago)
    answers = AXES | {"track": "complex"}
    refused = press(desk, "assess", row, **answers, override_reason="  ")
    assert refused.status_code == 422
    assert "Say why the track is not Standard, as suggested." in shown(refused)
    assert re.search(r'name="track" type="radio" value="complex" checked', refused.content.decode())
    done(desk, press(desk, "assess", row, **answers, override_reason="Three claims at once."), row)
    assessment = stages.all_of(Assessment, row)[0]
    assert (assessment.track, stages.opened(assessment, "override_reason")) == ("complex", "Three claims at once.")


def test_a_note_is_for_colleagues(desk, hour_ago):
    row = stages.received(at=hour_ago)
    assert done(desk, press(desk, "write_note", row, body="Called the surgeon.\r\nNobody there."), row) == (
        "The note is saved."
    )
    assert stages.opened(stages.all_of(Note, row)[0], "body") == "Called the surgeon.\nNobody there."
    assert "note for colleagues" in shown(desk.get(address("case", row)))


def test_evidence_is_added_with_source_and_date(desk, hour_ago):
    row = stages.received(at=hour_ago)
    assert done(desk, press(desk, "add_evidence", row, **EVIDENCE), row) == "The evidence is saved."
    evidence = stages.all_of(Evidence, row)[0]
    assert (evidence.source, str(evidence.obtained_on)) == (EvidenceSource.PROVIDER, "2026-03-04")
    assert stages.opened(evidence, "detail") == "The scan was needed."


def test_findings_finish_the_investigation(desk, hour_ago):
    row = stages.assessed(desk.actor, at=hour_ago)
    response = press(desk, "investigate", row, findings="The approval was never entered.")
    assert done(desk, response, row) == "The investigation is finished."
    assert (stages.now(row).state, stages.all_of(Note, row)[0].kind) == (State.INVESTIGATED, NoteKind.FINDING)


def test_the_decision_begins_with_the_evidence_that_was_gathered(desk, hour_ago):
    row = stages.investigated(desk.actor, at=hour_ago)
    assert "Call of March 3</textarea>" in shown(desk.get(address("decide", row)))


def test_a_decision_is_saved(desk, hour_ago):
    row = stages.investigated(desk.actor, at=hour_ago)
    done(desk, press(desk, "decide", row, **DECISION), row)
    decision = stages.all_of(Decision, row)[0]
    assert (decision.outcome, decision.decided_by_id) == (Outcome.PARTLY_UPHELD, desk.actor.user_id)
    assert stages.opened(decision, "remedy") == "We pay the claim by July 1."


def test_a_decision_without_remedy_needs_no_words_for_it(desk, hour_ago):
    row = stages.investigated(desk.actor, at=hour_ago)
    refused = press(desk, "decide", row, **DECISION | {"remedy": ""})
    assert (refused.status_code, "Say what we do, and by when." in shown(refused)) == (422, True)
    done(desk, press(desk, "decide", row, **DECISION | {"remedy": "", "remedy_kind": "none"}), row)


def test_the_letter_goes_out_exactly_as_it_was_shown(desk, hour_ago):
    row = stages.decided(desk.actor, at=hour_ago, language="es", postal_address="12 Elm Street\nHartford")
    page = desk.get(address("issue_letter", row))
    for words in (
        "Dear Joseph K:", "12 Elm Street", "We agree with your complaint.", "We said yes before the scan.",
        "Claim 88-1042", "We pay the claim by July 1.", "you can appeal", row.reference, "ATENCIÓN", "Ana Lee",
    ):  # fmt: skip
        assert words in shown(page), words
    assert done(desk, press(desk, "issue_letter", row, channel="post"), row) == "The letter is issued."
    letter = LetterContent.restored(stages.opened(stages.all_of(Letter, row)[0], "content"))
    assert letter == page.context["letter"]


def test_the_post_is_the_only_way_to_somebody_without_an_account(desk, hour_ago):
    row = stages.decided(desk.actor, at=hour_ago)
    page = shown(desk.get(address("issue_letter", row)))
    assert "There is no account to read it in online." in page
    assert press(desk, "issue_letter", row, channel="portal").status_code == 422
    assert not stages.all_of(Letter, row)


def test_a_member_with_an_account_gets_the_letter_online(desk, hour_ago):
    row = stages.decided(desk.actor, at=hour_ago, by=stages.insured())
    done(desk, press(desk, "issue_letter", row, channel="portal"), row)
    assert stages.all_of(Letter, row)[0].channel == LetterChannel.PORTAL


def test_a_letter_to_somebody_without_any_address_waits_for_one(desk, hour_ago):
    row = stages.decided(desk.actor, at=hour_ago, postal_address="")
    words = "There is no postal address. Ask the complainant for it and record it on the case;"
    for name in ("case", "issue_letter"):
        assert words in shown(desk.get(address(name, row))), name
    assert press(desk, "issue_letter", row, channel="post").status_code == 409
    assert press(desk, "record_address", row, postal_address=" ").status_code == 422
    response = press(desk, "record_address", row, postal_address="1 Elm Street\nHartford, CT 06103")
    assert done(desk, response, row) == "The postal address is recorded."
    assert "1 Elm Street" in shown(desk.get(address("case", row)))
    done(desk, press(desk, "issue_letter", row, channel="post"), row)


def test_posting_is_confirmed_and_the_case_closed(desk, hour_ago):
    row = stages.lettered(desk.actor, at=hour_ago)
    assert done(desk, press(desk, "inform", row), row) == "It is recorded that the letter was posted."
    assert done(desk, press(desk, "close", row), row) == "The complaint is closed."
    assert stages.now(row).state == State.CLOSED


def test_a_message_reaches_a_member_with_an_account(desk, hour_ago):
    row = stages.received(at=hour_ago, by=stages.insured())
    assert done(desk, press(desk, "message", row, body="Do you still have the bill?"), row) == "The message is sent."
    assert stages.opened(stages.all_of(Message, row)[0], "body") == "Do you still have the bill?"


def test_why_nobody_can_be_written_to_is_said(desk, hour_ago):
    row = stages.received(at=hour_ago)
    words = "The complainant has no account here to read it in. Call, or write by post."
    assert words in shown(desk.get(address("case", row)))
    assert words in shown(desk.get(address("message", row)))
    refused = desk.post(address("message", row), {"body": "Hello"})
    assert (refused.status_code, words in shown(refused), "Hello</textarea>" in shown(refused)) == (409, True, True)


PRESSED = [
    ("write_note", stages.taken, {"body": "Called."}, Note),
    ("add_evidence", stages.taken, EVIDENCE, Evidence),
    ("assess", stages.taken, AXES, Assessment),
    ("investigate", stages.assessed, {"findings": "Found."}, Note),
    ("decide", stages.investigated, DECISION, Decision),
    ("issue_letter", stages.decided, {"channel": "post"}, Letter),
]


@pytest.mark.parametrize(("name", "bring", "words", "model"), PRESSED)
def test_two_presses_of_one_page_are_one_act(desk, hour_ago, name, bring, words, model):
    row = bring(desk.actor, at=hour_ago)
    before = len(stages.all_of(model, row))
    sent = hidden(desk.get(address(name, row))) | words
    assert [desk.post(address(name, row), sent).status_code for _ in range(2)] == [302, 302]
    assert len(stages.all_of(model, row)) == before + 1


def test_two_presses_of_a_message_are_one_message(desk, hour_ago):
    row = stages.received(at=hour_ago, by=stages.insured())
    sent = hidden(desk.get(address("message", row))) | {"body": "Hello."}
    assert [desk.post(address("message", row), sent).status_code for _ in range(2)] == [302, 302]
    assert (len(stages.all_of(Message, row)), codes(row).count(TimelineCode.MESSAGE_SENT)) == (1, 1)


@pytest.mark.parametrize("name", ["take", "inform", "close"])
def test_two_presses_where_nothing_is_typed_are_one_act(desk, hour_ago, name):
    row = stages.received(at=hour_ago) if name == "take" else stages.lettered(desk.actor, at=hour_ago)
    if name == "close":
        inform_member(actor=desk.actor, at=hour_ago, complaint_id=row.pk, proof="post")
    sent = hidden(desk.get(address(name, row)))
    assert [desk.post(address(name, row), sent).status_code for _ in range(2)] == [302, 302]
    assert codes(row).count({"take": "taken", "inform": "letter_sent", "close": "closed"}[name]) == 1


def test_going_back_and_changing_the_words_writes_another_note(desk, hour_ago):
    row = stages.received(at=hour_ago)
    page = hidden(desk.get(address("write_note", row)))
    for body in ("First.", "Second.", "First."):
        desk.post(address("write_note", row), page | {"body": body})
    assert {stages.opened(note, "body") for note in stages.all_of(Note, row)} == {"First.", "Second."}
    assert len(stages.all_of(Note, row)) == 2


@pytest.mark.parametrize("page", ["", "nonsense", "\x00", "1" * 5000])
def test_a_tampered_page_id_hinders_nobody(desk, hour_ago, page):
    row = stages.received(at=hour_ago)
    response = desk.post(address("write_note", row), {"page": page, "body": "Called."})
    assert response.status_code in {302, 422}
    assert b"Server Error" not in response.content


@pytest.mark.parametrize(
    ("name", "words"),
    [("assess", AXES), ("investigate", {"findings": "Found."}), ("decide", DECISION), ("close", {})],
)
def test_a_colleagues_case_is_not_worked_on(desk, lead, hour_ago, name, words):
    bring = {"assess": stages.taken, "investigate": stages.assessed, "decide": stages.investigated}
    row = bring.get(name, stages.lettered)(lead, at=hour_ago)
    sentence = "Dana Ruiz has this complaint. Take it over first, so that only one of you works on it."
    page = desk.get(address(name, row))
    assert (page.status_code, sentence in shown(page)) == (200, True)
    assert "<textarea" not in page.content.decode()
    refused = desk.post(address(name, row), words)
    assert (refused.status_code, sentence in shown(refused)) == (409, True)
    for typed in (words.get("findings"), words.get("rationale")):
        assert typed is None or f"{typed}</textarea>" in shown(refused)


def test_a_case_that_was_taken_over_meanwhile_keeps_the_words(desk, lead, hour_ago):
    row = stages.investigated(desk.actor, at=hour_ago)
    page = hidden(desk.get(address("decide", row)))
    take_complaint(actor=lead, at=hour_ago, complaint_id=row.pk, from_owner_id=desk.actor.user_id)
    refused = desk.post(address("decide", row), page | DECISION)
    assert refused.status_code == 409
    assert "Dana Ruiz has this complaint." in shown(refused)
    assert f"{DECISION['rationale']}</textarea>" in shown(refused)
    assert "Your words are kept here." in shown(refused)
    take_complaint(actor=desk.actor, at=hour_ago, complaint_id=row.pk, from_owner_id=lead.user_id)
    assert desk.post(address("decide", row), hidden(refused) | DECISION).status_code == 302


def test_what_is_out_of_turn_is_refused_in_words(desk, hour_ago):
    row = stages.taken(desk.actor, at=hour_ago)
    for name, words, sentence in (
        ("investigate", {"findings": "Found."}, "Not yet: the complaint has to be assessed first."),
        ("decide", DECISION, "Not yet: the complaint has to be investigated first."),
        ("issue_letter", {"channel": "post"}, "Not yet: the complaint has to be decided first."),
        ("inform", {}, "The decision letter has not been issued yet."),
        ("close", {}, "Not yet: the complaint has to be decided first."),
    ):
        refused = desk.post(address(name, row), words)
        assert (refused.status_code, sentence in shown(refused)) == (409, True), name
        assert "<title>Error: " in shown(refused)
    assert stages.now(row).state == State.RECEIVED


def test_what_has_ended_takes_no_notes(desk, hour_ago):
    row = stages.closed(desk.actor, at=hour_ago)
    refused = desk.post(address("write_note", row), {"body": "Late."})
    assert refused.status_code == 409
    assert "This cannot be done any more: the complaint is closed." in shown(refused)
    assert "Late.</textarea>" in shown(refused)


def test_a_letter_is_issued_once(desk, hour_ago):
    row = stages.lettered(desk.actor, at=hour_ago)
    refused = desk.post(address("issue_letter", row), {"channel": "post"})
    assert (refused.status_code, "The decision letter has already been issued." in shown(refused)) == (409, True)


def test_assessing_again_replaces_the_assessment(desk, hour_ago):
    row = stages.assessed(desk.actor, at=hour_ago, axes=ORDINARY)
    done(desk, press(desk, "assess", row, **AXES | {"complexity": "high"}), row)
    assert (stages.now(row).track, len(stages.all_of(Assessment, row))) == (Track.COMPLEX, 2)
    assert "complex" in shown(desk.get(address("case", row))).lower()


def test_who_is_not_signed_in_is_sent_to_the_door(client, hour_ago):
    row = stages.received(at=hour_ago)
    for name in ("case", "write_note"):
        assert client.get(address(name, row))["Location"].startswith(reverse("accounts:sign_in"))
