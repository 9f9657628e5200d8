"""The e-mails to complainants: a number, a day, a link and the help line, and nothing about health."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind, LetterChannel
from complaints.enums import Language, TimelineCode, Topic
from complaints.models import TimelineEntry
from complaints.operations import request_status_link, send_message, take_complaint
from complaints.promises import last_day
from members.actors import GUEST
from slas.models import Outbox
from slas.outbox import bury, settle
from slas.queries import open_clocks
from slas.relay import TRIES_OUTSIDE
from tests import people
from tests.complaints import member_cases as cases
from tests.complaints import smtp

pytestmark = pytest.mark.django_db
SECRETS = ("Joseph", "bill", "Bill", "knee", "claim", "Dana")


@pytest.fixture
def person():
    person = people.member()
    people.member_account(person=person)
    return person


def mail(kind: str, mailoutbox, *, at=people.AT):
    send_email(Dispatch.objects.get(kind=kind), at=at)
    [message] = mailoutbox
    return message


def assert_is_plain(message, complaint) -> None:
    assert message.to == ["joseph@example.org"]
    assert complaint.reference in message.body
    assert settings.INSURER_PHONE in message.body
    assert "An interpreter is free." in message.body
    assert not [secret for secret in SECRETS if secret in message.subject + message.body]
    assert "&" not in message.body
    assert not re.search(r"\n\n\n", message.body)


def test_the_acknowledgement_promises_the_day_of_the_clock(mailoutbox):
    complaint = cases.submitted(narrative="My knee", topic=Topic.CLAIM_DENIED)
    message = mail("acknowledgement", mailoutbox)
    assert_is_plain(message, complaint)
    assert message.subject == f"We have your complaint {complaint.reference}"
    [clock] = [clock for clock in open_clocks([complaint.pk])[complaint.pk] if clock.kind == "resolve"]
    assert f"send you our decision by {last_day(clock.due_at, cases.HOUSE)}." in message.body
    assert "We confirm that we have" not in message.body
    assert settings.PUBLIC_URL + reverse("public:status") in message.body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_where_it_is_urgent_the_first_email_promises_a_name_and_the_second_gives_it(mailoutbox):
    complaint = cases.submitted(harm_if_waiting=True)
    first = mail("acknowledgement", mailoutbox)
    assert_is_plain(first, complaint)
    assert "We tell you who looks after your complaint by Monday, March 2." in first.body
    mailoutbox.clear()
    Dispatch.objects.update(sent_at=people.AT)
    agent = cases.agent()
    take_complaint(actor=agent, at=people.AT, complaint_id=complaint.pk)
    send_email(Dispatch.objects.get(sent_at=None), at=people.AT)
    [second] = mailoutbox
    assert f"{agent.label} is your case manager and looks after your complaint." in second.body
    assert "We tell you who looks after" not in second.body


def test_a_member_with_an_account_is_led_to_the_case(person, mailoutbox):
    complaint = cases.submitted(person=person)
    assert (
        settings.PUBLIC_URL + reverse("member:case", args=[complaint.reference])
        in mail("acknowledgement", mailoutbox).body
    )


def test_a_member_without_an_account_is_led_to_the_status_page(mailoutbox):
    cases.submitted(person=people.member())
    assert settings.PUBLIC_URL + reverse("public:status") in mail("acknowledgement", mailoutbox).body


def test_a_language_without_pages_gets_english_words_and_links_that_work(mailoutbox):
    complaint = cases.submitted(language=Language.ES)
    message = mail("acknowledgement", mailoutbox)
    assert_is_plain(message, complaint)
    assert "/en/status/" in message.body


def test_a_late_acknowledgement_promises_nothing_that_has_passed(mailoutbox):
    cases.submitted()
    assert (
        "It is late, and we are sorry." in mail("acknowledgement", mailoutbox, at=people.AT + timedelta(days=60)).body
    )


def test_a_notice_of_a_message_does_not_hold_it(person, mailoutbox):
    complaint = cases.submitted(person=person)
    send_message(actor=cases.agent(), at=people.AT, complaint_id=complaint.pk, body="About your knee")
    message = mail("message_ready", mailoutbox)
    assert_is_plain(message, complaint)
    assert reverse("member:case", args=[complaint.reference]) in message.body


def test_a_notice_of_the_letter_does_not_hold_the_decision(person, mailoutbox):
    complaint = cases.submitted(person=person)
    agent = cases.agent()
    cases.answered(complaint, agent, channel=LetterChannel.PORTAL, posted=False)
    message = mail("letter_ready", mailoutbox)
    assert_is_plain(message, complaint)
    assert "what you can do if you do not agree" in message.body


def test_the_status_link_works(client, mailoutbox):
    complaint = cases.submitted()
    request_status_link(
        actor=GUEST, at=people.AT, reference=complaint.reference, surname="K", address=people.an_email()
    )
    message = mail(DispatchKind.STATUS_LINK, mailoutbox)
    assert_is_plain(message, complaint)
    link = re.search(rf"{re.escape(settings.PUBLIC_URL)}(/\S+)", message.body)[1]
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("dies", [False, True])
def test_an_email_that_no_server_takes_is_told_on_the_timeline_and_owes_the_acknowledgement(settings, dies):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    complaint = cases.submitted()
    dispatch = Dispatch.objects.get(kind="acknowledgement")
    pair = (complaint.pk, f"send:{dispatch.pk}")
    Outbox.objects.filter(pk=pair).update(attempts=TRIES_OUTSIDE, next_try_at=Now())
    assert bury() == 1 if dies else settle([pair]) == 0

    dispatch.refresh_from_db()
    assert (dispatch.sent_at, dispatch.failed_at is not None) == (None, True)
    entries = TimelineEntry.objects.unscoped("test").filter(complaint=complaint, code=TimelineCode.SEND_FAILED)
    assert [entry.detail for entry in entries] == [{"kind": "acknowledgement"}]
    assert "acknowledge" in {clock.kind for clock in open_clocks([complaint.pk])[complaint.pk]}
    assert Outbox.objects.get(pk=pair).dead_at is not None


@pytest.mark.parametrize(("code", "tried_again"), [(450, True), (451, True), (550, False), (553, False)])
def test_a_recipient_is_given_up_only_if_the_server_refuses_for_good(settings, code, tried_again):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    complaint = cases.submitted()
    dispatch = Dispatch.objects.get(kind="acknowledgement")
    pair = (complaint.pk, f"send:{dispatch.pk}")
    with smtp.answering(code) as settings.EMAIL_PORT:
        settings.EMAIL_HOST = "127.0.0.1"
        settle([pair])
    dispatch.refresh_from_db()
    outbox = Outbox.objects.get(pk=pair)
    assert (dispatch.failed_at is None, outbox.settled_at is None, outbox.dead_at) == (tried_again, tried_again, None)
