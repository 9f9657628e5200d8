"""Whatever arrives: nothing fails, nothing typed is lost, and what is kept is kept as it was."""

import csv
import gzip
import html

import pytest
from django.test import Client
from django.urls import reverse

from complaints.intake.models import Draft
from complaints.models import Complaint
from members.actors import SYSTEM
from members.form_words import TAKEN_OUT
from members.privacy.access import phi_access
from tests.intake import walk
from tests.people import AT
from tests.shared_data import NAUGHTY, STORIES, needs, needs_naughty

pytestmark = pytest.mark.django_db


def shown(response) -> str:
    return html.unescape(response.content.decode())


def kept(name: str) -> dict:
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        return Draft.objects.unscoped("test").get().answers[name]


def lines_for_browsers(text: str) -> str:
    """Return the text with the line ends that forms are sent with."""
    return text.replace("\n", "\r\n")


@needs_naughty
def test_every_naughty_string_in_every_line_is_shown_again_as_it_was_typed(client):
    """The address is wrong each time, so the page comes back with all that was typed."""
    fields = ("relationship", "name", "email", "phone", "postal_address", "member_number", "language")
    draft = walk.page_draft(client, "who")
    for text in NAUGHTY:
        response = client.post(walk.url("who"), dict.fromkeys(fields, text) | {"draft": draft})
        assert response.status_code == 422, text
        assert response.content.decode().count(html.escape(text)) >= 5, text


@needs_naughty
def test_naughty_strings_in_a_line_are_kept_as_they_were_typed(client):
    walk.answer(client, "who")
    draft = walk.page_draft(client, "who")
    for text in NAUGHTY[::5]:
        answers = walk.ANSWERS["who"] | {"name": text, "member_number": text[:40], "postal_address": text}
        response = client.post(walk.url("who"), answers | {"draft": draft, "later": "1"})
        assert response.status_code == 302, text
        assert (kept("who")["name"], kept("who")["postal_address"]) == ([text], [text])


@needs_naughty
def test_all_naughty_strings_together_are_a_story_that_is_stored_and_shown_intact(client):
    story = "\n".join(NAUGHTY)
    walk.answer_all(client, what_happened={"narrative": lines_for_browsers(story)})
    page = client.get(walk.url("check")).content.decode()
    for text in filter(None, NAUGHTY):
        assert html.escape(text) in page, text
    assert "<script>alert" not in page
    walk.send(client)
    complaint = Complaint.objects.unscoped("test").get()
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        assert complaint.narrative == story


@needs_naughty
def test_all_naughty_strings_are_wishes_that_are_stored_intact(client):
    walk.answer_all(client)
    bundles = ["\n".join(NAUGHTY[start : start + 60]) for start in range(0, len(NAUGHTY), 60)]
    for wish in bundles:
        walk.answer(client, "outcome", desired_outcome=lines_for_browsers(wish))
        page = client.get(walk.url("outcome")).content.decode()
        assert html.escape(lines_for_browsers(wish)) in page
        assert kept("outcome") == {"desired_outcome": [lines_for_browsers(wish)]}
    walk.send(client)
    complaint = Complaint.objects.unscoped("test").get()
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        assert complaint.desired_outcome == bundles[-1]


@needs_naughty
@pytest.mark.parametrize("step", ["urgent", "topic"])
def test_naughty_strings_for_a_choice_or_a_date_are_refused(client, step):
    walk.answer(client, "who")
    walk.answer(client, "urgent")
    draft = walk.page_draft(client, step)
    for text in NAUGHTY[::5]:
        answers = dict.fromkeys(walk.ANSWERS[step], text)
        assert client.post(walk.url(step), answers | {"draft": draft}).status_code == 422, text


@needs(STORIES)
def test_the_longest_real_story_passes(client):
    with gzip.open(STORIES, "rt", encoding="utf-8", newline="") as file:
        stories = [row["consumer_complaint_narrative"] for row in csv.DictReader(file)]
    story = max(stories, key=lambda text: len(text.split()))
    assert len(story.split()) == 3755
    walk.file_complaint(client, what_happened={"narrative": lines_for_browsers(story)})
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        assert Complaint.objects.unscoped("test").get().narrative == story


def test_a_story_of_exactly_the_greatest_length_passes_and_one_sign_more_comes_back(client):
    for step in ("who", "urgent", "topic"):
        walk.answer(client, step)
    assert walk.answer(client, "what-happened", narrative="\r\n" * 29_999 + "x").status_code == 302
    response = walk.answer(client, "what-happened", narrative="é" * 30_001)
    assert response.status_code == 422
    assert "Your text is too long: it has 30001 characters, and we can take 30000." in shown(response)
    assert "é" * 30_001 in shown(response)


@pytest.mark.parametrize(("field", "length"), [("name", 121), ("email", 255), ("phone", 41), ("member_number", 41)])
def test_lines_that_are_too_long_come_back(client, field, length):
    text = "7" * length if field != "email" else "a" * (length - 12) + "@example.org"
    response = walk.answer(client, "who", **{field: text})
    assert response.status_code == 422
    assert "characters or less." in shown(response)
    assert text in shown(response)


@pytest.mark.parametrize("step", ["who", "what-happened", "outcome"])
def test_a_nul_is_taken_out_with_a_word_about_it_and_the_next_press_is_accepted(client, step):
    for earlier in walk.ANSWERS:
        if earlier == step:
            break
        walk.answer(client, earlier)
    field = {"who": "name", "what-happened": "narrative", "outcome": "desired_outcome"}[step]
    response = walk.answer(client, step, **{field: "be\x00fore and after"})
    assert response.status_code == 422
    assert str(TAKEN_OUT) in shown(response)
    assert "before and after" in shown(response)
    assert walk.answer(client, step, **{field: "before and after"}).status_code == 302


def test_a_nul_elsewhere_in_a_request_fails_nothing(client):
    assert client.post(walk.url("urgent"), {"harm_if_waiting": "yes\x00", "draft": "\x00"}).status_code == 422
    assert client.post(walk.url("files"), {"remove": "\x00", "draft": "\x00"}).status_code == 409
    assert client.get(reverse("intake:start") + "who/?from=%00").status_code == 200
    assert client.get(reverse("intake:start") + "%00/").status_code == 404
    assert client.get(reverse("intake:start") + "done/%00/").status_code == 404


def test_half_a_surrogate_pair_is_taken_out(client):
    """Forms in UTF-8 cannot carry one; a request that says it is in UTF-7 can."""
    body = (
        b'--line\r\nContent-Disposition: form-data; name="narrative"\r\n\r\nbefore +2AA- after\r\n'
        b'--line\r\nContent-Disposition: form-data; name="draft"\r\n\r\n\r\n--line--\r\n'
    )
    for step in ("who", "urgent", "topic"):
        walk.answer(client, step)
    response = client.generic(
        "POST", walk.url("what-happened"), body, content_type="multipart/form-data; charset=utf-7; boundary=line"
    )
    assert response.status_code == 422
    assert "before  after" in shown(response)


def test_bytes_that_are_no_text_do_not_fail(client):
    response = client.post(walk.url("who"), b"name=%ff%fe&draft=", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422


@pytest.fixture
def strict() -> Client:
    """A browser that a stale token stops."""
    return Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})


def fresh_token(page: str) -> str:
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def test_words_on_a_page_that_was_open_for_too_long_can_be_sent_again(strict):
    strict.get(walk.url("who"))
    answers = walk.ANSWERS["who"] | {"draft": "", "postal_address": "12 Elm Street\r\n<b>Hartford</b>"}
    response = strict.post(walk.url("who"), answers | {"csrfmiddlewaretoken": "stale" * 8})
    page = response.content.decode()
    assert response.status_code == 403
    assert "What you typed is not lost" in page
    assert response["Cache-Control"] == "no-store"
    assert "12 Elm Street<br>&lt;b&gt;Hartford&lt;/b&gt;" in page
    assert '<input type="hidden" name="name" value="Joseph K">' in page
    again = strict.post(walk.url("who"), answers | {"csrfmiddlewaretoken": fresh_token(page)})
    assert again["Location"] == walk.url("urgent")


def test_words_are_not_lost_when_the_token_cookie_is_gone(strict):
    response = strict.post(walk.url("outcome"), {"desired_outcome": "Say sorry.", "draft": ""})
    assert 'value="Say sorry."' in response.content.decode()
    token = fresh_token(response.content.decode())
    again = {"desired_outcome": "Say sorry.", "draft": "", "csrfmiddlewaretoken": token}
    assert strict.post(walk.url("outcome"), again).status_code == 302


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_another_site_cannot_have_its_words_sent_from_here(origin):
    client = Client(enforce_csrf_checks=True, headers={"Origin": origin} if origin else {})
    response = client.post(walk.url("outcome"), {"desired_outcome": "Pay the attacker."})
    assert response.status_code == 403
    assert "Pay the attacker." not in response.content.decode()


def test_a_password_is_never_given_back(strict):
    response = strict.post(reverse("accounts:sign_in"), {"email": "a b@example.org", "password": "open sesame now"})
    assert response.status_code == 403
    assert "open sesame now" not in response.content.decode()
    assert "a b@example.org" not in response.content.decode()


def test_files_on_a_stale_page_have_to_be_chosen_again(strict, tmp_path):
    path = tmp_path / "bill.pdf"
    path.write_bytes(b"%PDF-1.7")
    with path.open("rb") as file:
        response = strict.post(walk.url("files"), {"files": file, "draft": ""})
    assert "You have to choose your files again" in response.content.decode()
