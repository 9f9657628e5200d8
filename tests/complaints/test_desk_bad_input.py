"""Whatever is typed at the desk: nothing fails, nothing typed is lost, and what is kept is kept as it was."""

import html
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.correspondence.models import Letter, Message
from complaints.models import Decision, Evidence, Note
from members.actors import Role
from members.form_words import TAKEN_OUT
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.test_desk_acts import AXES, DECISION, EVIDENCE, address, shown
from tests.people import sign_in, staff
from tests.shared_data import NAUGHTY, needs_naughty

pytestmark = pytest.mark.usefixtures("policies")
BUNDLES = ["\n".join(NAUGHTY[start : start + 100]) for start in range(0, len(NAUGHTY), 100)]
TOO_LONG = "This is too long"


@pytest.fixture
def hour_ago():
    return database_now() - timedelta(hours=1)


def for_browsers(text):
    """Return the text with the line ends that forms are sent with."""
    return text.replace("\n", "\r\n")


@needs_naughty
@pytest.mark.parametrize(("name", "field", "model"), [("write_note", "body", Note), ("message", "body", Message)])
def test_naughty_words_are_kept_and_shown_intact(desk, hour_ago, name, field, model):
    row = stages.received(at=hour_ago, by=stages.insured())
    for bundle in BUNDLES:
        assert desk.post(address(name, row), {field: for_browsers(bundle)}).status_code == 302
    assert {stages.opened(kept, field) for kept in stages.all_of(model, row)} == {bundle.strip() for bundle in BUNDLES}
    page = desk.get(address("case", row)).content.decode()
    for text in filter(str.strip, NAUGHTY):
        assert html.escape(text.strip()) in page, text


@needs_naughty
def test_naughty_evidence_is_kept_as_it_was_typed(desk, hour_ago):
    row = stages.received(at=hour_ago)
    typed = [text for text in NAUGHTY[::12] if text.strip()]
    for text in typed:
        response = desk.post(address("add_evidence", row), EVIDENCE | {"title": text[:200], "detail": text})
        assert response.status_code == 302, text
    kept = {stages.opened(evidence, "title") for evidence in stages.all_of(Evidence, row)}
    assert kept == {text[:200].strip() for text in typed}


@needs_naughty
def test_naughty_words_go_into_the_letter_and_run_nowhere(desk, hour_ago):
    row = stages.investigated(desk.actor, at=hour_ago)
    words = {name: for_browsers(BUNDLES[number]) for number, name in enumerate(("rationale", "evidence_reviewed"))}
    words["remedy"] = for_browsers(BUNDLES[2])[:4000]
    assert desk.post(address("decide", row), DECISION | words).status_code == 302
    page = desk.get(address("issue_letter", row)).content.decode()
    assert "<script>alert" not in page
    assert html.escape("<script>alert") in page or "&lt;" in page
    refused = desk.post(address("issue_letter", row), {"channel": "post"})
    assert (refused.status_code, "We cannot print these signs: " in shown(refused)) == (409, True)
    assert "<script>alert" not in refused.content.decode()


@needs_naughty
def test_naughty_words_find_nothing(desk):
    for text in NAUGHTY[::20]:
        response = desk.post(reverse("desk:search"), {"words": text})
        assert response.status_code in {200, 422}, text
        assert "wb-hits__hit" not in response.content.decode()


@needs_naughty
def test_naughty_choices_are_no_choices(desk, hour_ago):
    row = stages.taken(desk.actor, at=hour_ago)
    for text in NAUGHTY[::60]:
        for name, words in (
            ("assess", dict.fromkeys(AXES, text)),
            ("acknowledge", {"proof": text}),
            ("take", {"owner": text}),
            ("add_evidence", EVIDENCE | {"source": text, "obtained_on_year": text}),
        ):
            assert desk.post(address(name, row), words).status_code in {302, 422}, (name, text)
    assert not stages.all_of(Evidence, row)


EMPTY = [
    ("acknowledge", stages.received, ["Say how you confirmed it."]),
    ("assess", stages.taken, ["Choose how severe it is.", "Say whether action is needed at once.", "Choose a track."]),
    ("write_note", stages.taken, ["Write the note."]),
    ("record_address", stages.taken, ["Enter the address."]),
    ("add_evidence", stages.taken, ["Say what it is.", "Choose where it comes from.", "Enter the date."]),
    ("investigate", stages.assessed, ["Write what you found."]),
    ("decide", stages.investigated, ["Choose the outcome.", "Give the reasons for the decision."]),
    ("issue_letter", stages.decided, ["Choose how the letter goes."]),
    ("message", stages.taken, ["Write the message."]),
]


@pytest.mark.parametrize(("name", "bring", "sentences"), EMPTY)
@pytest.mark.parametrize("blank", ["", "  \r\n\t "])
def test_what_is_missing_is_said_in_the_summary_and_beside_the_field(desk, hour_ago, name, bring, sentences, blank):
    row = bring(at=hour_ago) if bring is stages.received else bring(desk.actor, at=hour_ago)
    fields = ("body", "findings", "rationale", "evidence_reviewed", "title")
    response = desk.post(address(name, row), dict.fromkeys(fields, blank))
    page = shown(response)
    assert (response.status_code, "<title>Error: " in page) == (422, True)
    for sentence in sentences:
        assert page.count(sentence) == 2, sentence


LONG = [
    ("write_note", "body", 10_000, stages.taken, {}),
    ("message", "body", 10_000, stages.taken, {}),
    ("investigate", "findings", 10_000, stages.assessed, {}),
    ("decide", "rationale", 10_000, stages.investigated, DECISION),
    ("decide", "evidence_reviewed", 10_000, stages.investigated, DECISION),
    ("decide", "remedy", 4_000, stages.investigated, DECISION),
    ("record_address", "postal_address", 500, stages.taken, {}),
    ("add_evidence", "title", 200, stages.taken, EVIDENCE),
    ("add_evidence", "detail", 4_000, stages.taken, EVIDENCE),
    ("assess", "override_reason", 2_000, stages.taken, AXES),
]


@pytest.mark.parametrize(("name", "field", "limit", "bring", "rest"), LONG)
def test_one_sign_too_many_is_refused_and_kept_and_the_last_one_fits(desk, hour_ago, name, field, limit, bring, rest):
    row = bring(desk.actor, at=hour_ago, by=stages.insured())
    words = "é" * limit if field == "title" else "a\r\n" + "é" * (limit - 2)
    refused = desk.post(address(name, row), rest | {field: words + "x"})
    assert (refused.status_code, TOO_LONG in shown(refused)) == (422, True)
    assert words.splitlines()[-1] + "x" in shown(refused)
    assert desk.post(address(name, row), rest | {field: words}).status_code == 302


@pytest.mark.parametrize(
    ("name", "field", "rest"),
    [("write_note", "body", {}), ("add_evidence", "title", EVIDENCE), ("add_evidence", "detail", EVIDENCE)],
)
def test_a_sign_that_cannot_be_kept_is_taken_out_aloud(desk, hour_ago, name, field, rest):
    row = stages.received(at=hour_ago)
    response = desk.post(address(name, row), rest | {field: "be\x00fore"})
    assert (response.status_code, str(TAKEN_OUT) in shown(response), "before" in shown(response)) == (422, True, True)


def day(offset):
    found = (database_now() + timedelta(days=offset)).astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE))
    return {f"obtained_on_{part}": str(getattr(found, part)) for part in ("month", "day", "year")}


def typed_day(month, day, year):
    return {"obtained_on_month": month, "obtained_on_day": day, "obtained_on_year": year}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (typed_day("2", "30", "2026"), "Enter a real date, for example 6 30 2026."),
        (typed_day("13", "1", "2026"), "Enter a real date, for example 6 30 2026."),
        (typed_day("March", "1", "2026"), "Enter a real date, for example 6 30 2026."),
        (typed_day("3", "", "2026"), "The date must include a month, a day and a year."),
        (typed_day("3", "1", "26"), "The year must have 4 numbers, for example 2026."),
        (typed_day("3", "1", "1026"), "Check the year: it is before 1900."),
    ],
)
def test_an_impossible_date_is_refused_with_what_was_typed(desk, hour_ago, typed, sentence):
    row = stages.received(at=hour_ago)
    response = desk.post(address("add_evidence", row), EVIDENCE | typed)
    assert (response.status_code, sentence in shown(response)) == (422, True)
    for part in filter(None, typed.values()):
        assert f'value="{part}"' in shown(response)
    assert "The scan was needed.</textarea>" in shown(response)


def test_evidence_is_of_today_at_the_latest(desk, hour_ago):
    row = stages.received(at=hour_ago)
    refused = desk.post(address("add_evidence", row), EVIDENCE | day(1))
    assert "The date cannot be in the future." in shown(refused)
    assert desk.post(address("add_evidence", row), EVIDENCE | day(0)).status_code == 302


def test_a_file_where_none_is_expected_is_ignored(desk, hour_ago):
    row = stages.received(at=hour_ago)
    file = SimpleUploadedFile("note.txt", b"Called.")
    assert desk.post(address("write_note", row), {"body": file}).status_code == 422
    assert desk.post(address("write_note", row), {"body": "Called.", "extra": file}).status_code == 302


def test_a_form_that_was_open_for_too_long_gives_the_words_back(hour_ago):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, staff(Role.AGENT))
    row = stages.received(at=hour_ago)
    site = {"HTTP_ORIGIN": "http://testserver"}
    response = browser.post(address("write_note", row), {"body": "Called the surgeon."}, **site)
    assert (response.status_code, "Called the surgeon." in shown(response)) == (403, True)
    assert not stages.all_of(Note, row)


def test_nothing_is_written_by_a_refusal(desk, lead, hour_ago):
    row = stages.investigated(lead, at=hour_ago)
    before = len(stages.all_of(Note, row))
    forms = {"decide": DECISION, "investigate": {"findings": "x"}, "issue_letter": {"channel": "post"}}
    for name, words in forms.items():
        assert desk.post(address(name, row), words).status_code == 409
    assert (len(stages.all_of(Note, row)), stages.all_of(Decision), stages.all_of(Letter)) == (before, [], [])


def test_words_that_were_typed_while_the_session_ended_are_given_back_and_can_be_sent_again(hour_ago):
    row = stages.received(at=hour_ago)
    sent = {"page": str(row.pk), "body": "Called the surgeon."}
    stranger = Client(headers={"origin": "http://testserver"})
    response = stranger.post(address("write_note", row), sent)
    assert (response.status_code, response["Cache-Control"]) == (403, "no-store")
    assert shown(response).count("Called the surgeon.") == 2
    assert reverse("accounts:sign_in") in shown(response)
    assert not stages.all_of(Note, row)
    sign_in(stranger, staff(Role.AGENT))
    assert stranger.post(address("write_note", row), sent).status_code == 302


def test_another_site_gets_nothing_back(hour_ago):
    row = stages.received(at=hour_ago)
    for site in ({"origin": "https://elsewhere.example"}, {}):
        response = Client(headers=site).post(address("write_note", row), {"body": "Words of theirs."})
        assert response["Location"].startswith(reverse("accounts:sign_in"))
