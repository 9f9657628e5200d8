"""A member's own pages: plain dates, own words, the letter, and nothing of anybody else."""

import html
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.correspondence.models import Direction, Message
from complaints.enums import State
from complaints.intake.operations import attach_files, save_answers
from complaints.models import Complaint
from complaints.operations import send_message
from complaints.queries.member_cases import case_page, cases_of
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.privacy.access import phi_access
from slas.queries import database_now, open_clocks
from tests import people
from tests.complaints import member_cases as cases
from tests.files.kept import kept
from tests.intake.papers import PNG
from tests.shared_data import NAUGHTY, needs_naughty

pytestmark = pytest.mark.django_db
UNKNOWN = "C-26-2222-2222"


@pytest.fixture
def person():
    return people.member(name="Amira Haddad", email="amira@example.org")


@pytest.fixture
def account(person):
    return people.member_account(person=person)


@pytest.fixture
def amira(client, account) -> Client:
    """A browser in which Amira is signed in."""
    people.sign_in(client, account)
    return client


def at(name: str, complaint: Complaint | str, *more: object) -> str:
    return reverse(f"member:{name}", args=[getattr(complaint, "reference", complaint), *more])


def shown(response) -> str:
    return html.unescape(response.content.decode())


def messages() -> list[tuple[str, str]]:
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        return [(row.direction, row.body) for row in Message.objects.unscoped("test").order_by("sent_at")]


def test_the_list_shows_ones_own_complaints_and_the_next_day_in_words(amira, person):
    now = database_now()
    own = cases.submitted(person=person, at=now)
    other = cases.submitted(person=people.member(), at=now)
    page = shown(amira.get(reverse("member:cases")))
    [clock] = [clock for clock in open_clocks([own.pk])[own.pk] if clock.kind == "resolve"]
    assert own.reference in page
    assert other.reference not in page
    day = timezone.localtime(clock.due_at, cases.HOUSE)
    assert f"Decision by {day:%A}, {day:%B} {day.day}" in page


def test_the_list_says_what_there_is_to_do(amira, account, person):
    agent = cases.agent()
    decided, asked = (cases.submitted(person=person) for _ in range(2))
    cases.answered(decided, agent)
    send_message(actor=agent, at=people.AT, complaint_id=asked.pk, body="Do you still have the bill?")
    save_answers(actor=people.actor_of(account), at=people.AT, draft_id=None, answers={"who": {}})
    page = shown(amira.get(reverse("member:cases")))
    assert at("letter", decided) in page
    assert f"{at('case', asked)}#messages" in page
    assert "You have a complaint that you did not send" in page
    assert "March 2, 2026" in page


def test_an_empty_list_says_so(amira):
    assert "You have no complaints with us." in shown(amira.get(reverse("member:cases")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(amira, person, count, django_assert_num_queries):
    for _ in range(count):
        cases.submitted(person=person)
    with django_assert_num_queries(6):
        amira.get(reverse("member:cases"))


def test_a_case_page_takes_a_fixed_number_of_queries(amira, person, django_assert_num_queries):
    complaint = cases.submitted(person=person)
    agent = cases.agent()
    cases.answered(complaint, agent)
    for number in range(3):
        send_message(actor=agent, at=people.AT, complaint_id=complaint.pk, body=f"Message {number}")
    with django_assert_num_queries(10):
        amira.get(at("case", complaint))


def test_a_case_shows_what_was_told_and_what_happened(amira, person):
    complaint = cases.submitted(person=person, at=database_now() - timedelta(days=3))
    cases.assessed(complaint, cases.agent(), at=database_now() - timedelta(days=2))
    page = shown(amira.get(at("case", complaint)))
    for words in ("You paid the claim, and then I got the bill.", "Pay it.", "Joseph K", "joseph@example.org"):
        assert words in page
    assert "Looking into it" in page
    assert "Decision by " in page
    assert "A case handler took the complaint" in page
    assert "Why this date?" in page


def test_what_is_opened_for_a_page_is_recorded(amira, account, person):
    complaint = cases.submitted(person=person)
    amira.get(at("case", complaint))
    opened = Event.objects.filter(action="phi.opened", matter_id=complaint.pk, actor_id=account.pk)
    assert {event.detail["purpose"] for event in opened} == {"read own complaint"}


def test_events_and_files_for_staff_only_are_not_shown(amira, person):
    complaint = cases.submitted(person=person)
    cases.answered(complaint, cases.agent(), posted=False)
    page = shown(amira.get(at("case", complaint)))
    assert "The money went elsewhere." not in page
    assert "We made a mistake." not in page
    assert "You can appeal" not in page
    assert amira.get(at("letter", complaint)).status_code == 404


def test_the_letter_is_read_here_and_saved_as_pdf(amira, person):
    complaint = cases.submitted(person=person)
    cases.answered(complaint, cases.agent())
    page = shown(amira.get(at("case", complaint)))
    assert "You can appeal until September 1." in page
    assert at("withdraw", complaint) not in page
    letter = shown(amira.get(at("letter", complaint)))
    assert "We made a mistake." in letter
    assert letter.count("<h1") == 1
    pdf = amira.get(at("letter_pdf", complaint))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == f'attachment; filename="{complaint.reference}.pdf"'
    assert (pdf["X-Content-Type-Options"], pdf["Cache-Control"]) == ("nosniff", "no-store")
    assert pdf["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_own_files_are_handed_out_to_be_saved(amira, person):
    complaint = cases.submitted(person=person)
    content = b"%PDF-1.7\n" + b"0" * 64
    file = kept(content, complaint=complaint, name="bill “June”.pdf")
    assert "bill “June”.pdf" in shown(amira.get(at("case", complaint)))
    response = amira.get(at("file", complaint, file.pk))
    assert response.getvalue() == content
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''bill%20")


@pytest.mark.parametrize("name", ["case", "letter", "letter_pdf", "withdraw"])
def test_foreign_and_unknown_complaints_answer_in_the_same_words(amira, name):
    foreign = cases.submitted(person=people.member())
    cases.answered(foreign, cases.agent())
    answers = [amira.get(at(name, reference)) for reference in (foreign, UNKNOWN, "nonsense", "%00")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert foreign.reference.encode() not in answers[0].content


def test_a_foreign_complaint_takes_no_message_file_or_withdrawal(amira):
    foreign = cases.submitted(person=people.member())
    file = kept(complaint=foreign)
    assert amira.post(at("write", foreign), {"body": "Hello"}).status_code == 404
    assert amira.post(at("withdraw", foreign)).status_code == 404
    assert amira.get(at("file", foreign, file.pk)).status_code == 404
    assert messages() == []


def test_staff_who_are_members_see_only_their_own_complaints_here(account, person):
    own, foreign = cases.submitted(person=person), cases.submitted(person=people.member())
    actor = replace(people.actor_of(account), roles=frozenset({Role.MEMBER, Role.AGENT}))
    assert [row.reference for row in cases_of(actor=actor, now=people.AT)] == [own.reference]
    assert case_page(actor=actor, now=people.AT, reference=foreign.reference) is None
    assert case_page(actor=actor, now=people.AT, reference=own.reference).reference == own.reference


def test_strangers_are_sent_to_sign_in_whatever_the_reference(client):
    complaint = cases.submitted(person=people.member())
    for reference in (complaint, UNKNOWN):
        assert client.get(at("case", reference))["Location"].startswith(reverse("accounts:sign_in"))


def test_a_message_is_sent_and_its_answer_promised(amira, person):
    complaint = cases.submitted(person=person)
    page = amira.get(at("case", complaint)).content.decode()
    key = page.partition('name="key" value="')[2].partition('"')[0]
    for _press in range(2):
        response = amira.post(at("write", complaint), {"key": key, "body": "Here is\r\nmore.\r\n<b>"})
        assert response["Location"] == at("case", complaint) + "#messages"
    assert messages() == [(Direction.FROM_MEMBER, "Here is\nmore.\n<b>")]
    assert [clock.kind for clock in open_clocks([complaint.pk])[complaint.pk]].count("message_reply") == 1
    page = shown(amira.get(at("case", complaint)))
    assert "We have your message." in page
    assert "We answer your message by " in page


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Write your message."),
        (" \r\n ", "Write your message."),
        ("x" * 10_001, "Your message is too long: it has 10001 characters, and we can take 10000."),
        ("be\x00fore", "We took out a sign that we cannot keep."),
    ],
)
def test_a_message_that_cannot_be_sent_comes_back_with_its_words(amira, person, body, words):
    complaint = cases.submitted(person=person)
    response = amira.post(at("write", complaint), {"key": "k", "body": body})
    assert response.status_code == 422
    assert words in shown(response)
    assert "<title>Error: " in shown(response)
    assert body.replace("\x00", "") in shown(response)
    assert messages() == []


@needs_naughty
def test_naughty_messages_are_stored_and_shown_intact(amira, person):
    complaint = cases.submitted(person=person)
    naughty = NAUGHTY
    bundles = ["\n".join(naughty[start : start + 150]) for start in range(0, len(naughty), 150)]
    for number, bundle in enumerate(bundles):
        body = bundle.replace("\n", "\r\n")
        assert amira.post(at("write", complaint), {"key": str(number), "body": body}).status_code == 302
    assert [body for _direction, body in messages()] == bundles
    page = amira.get(at("case", complaint)).content.decode()
    for text in filter(str.strip, naughty):
        assert html.escape(text) in page, text


def test_words_of_a_message_come_back_to_somebody_who_was_signed_out(client, person):
    complaint = cases.submitted(person=person)
    response = client.post(at("write", complaint), {"key": "k", "body": "Do not lose this."})
    assert response.status_code == 403
    assert "Do not lose this." in shown(response)
    assert reverse("accounts:sign_in") in shown(response)
    assert client.post(at("write", UNKNOWN), {"key": "k", "body": "Do not lose this."}).status_code == 403
    assert messages() == []


def test_withdrawing_asks_first_and_a_second_press_says_the_same(amira, person):
    complaint = cases.submitted(person=person)
    assert "Do you want to withdraw this complaint?" in shown(amira.get(at("withdraw", complaint)))
    for _press in range(2):
        assert amira.post(at("withdraw", complaint))["Location"] == at("case", complaint)
    complaint = Complaint.objects.unscoped("test").get()
    assert complaint.state == State.WITHDRAWN
    page = shown(amira.get(at("case", complaint)))
    assert "You withdrew this complaint on " in page
    assert at("withdraw", complaint) not in page
    assert amira.get(at("withdraw", complaint))["Location"] == at("case", complaint)


@pytest.mark.parametrize("name", ["case", "letter", "letter_pdf"])
def test_reading_pages_take_no_other_method(amira, person, name):
    complaint = cases.submitted(person=person)
    assert amira.post(at(name, complaint)).status_code == 405


def test_files_of_a_draft_are_of_no_complaint(amira, account, person):
    complaint = cases.submitted(person=person)
    actor = people.actor_of(account)
    draft = save_answers(actor=actor, at=people.AT, draft_id=None, answers={})
    attach_files(actor=actor, at=people.AT, draft_id=draft, files=[("a.png", PNG)])
    assert "a.png" not in shown(amira.get(at("case", complaint)))
