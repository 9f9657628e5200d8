"""Members write as often as people do; a machine is stopped, and no words are lost."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from complaints.correspondence.models import Message
from complaints.views import member
from members.accounts.throttle import Counter
from tests import people
from tests.complaints import member_cases as cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(client, policies):  # noqa: ARG001 -- wanted for what it does
    person = people.member()
    people.sign_in(client, people.member_account(person=person))
    reference = cases.submitted(person=person).reference
    return lambda words: client.post(reverse("member:write", args=[reference]), {"body": words, "key": str(uuid4())})


def test_a_member_writes_up_to_the_limit_and_keeps_the_words_of_the_message_beyond_it(write, monkeypatch):
    few = Counter(f"test_{uuid4().hex}", limit=2, window=timedelta(minutes=1))
    monkeypatch.setattr(member, "MESSAGES", few)
    assert [write("A first word.").status_code for _ in range(2)] == [302, 302]
    response = write("A word too many.")
    assert response.status_code == 429
    page = html.unescape(response.content.decode())
    assert "A word too many." in page
    assert f"Wait an hour, then send them again, or call us: {settings.INSURER_PHONE}." in page
    assert Message.objects.unscoped("test").count() == 2


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_a_message_still_arrives(write):
    assert write("My address has changed.").status_code == 302
    assert Message.objects.unscoped("test").count() == 1
