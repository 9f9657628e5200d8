"""The form is limited, generously; and it stays open while nothing can be counted."""

import html
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from complaints.intake import limits
from complaints.intake.models import Draft
from complaints.models import Complaint, Enclosure
from members.accounts.throttle import Counter
from tests.intake import walk
from tests.intake.papers import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def only(monkeypatch):
    """Return a function that gives one of the limits another number, counted from nothing."""

    def limit(name, most):
        monkeypatch.setattr(limits, name, Counter(f"test_{uuid4().hex}", limit=most, window=timedelta(minutes=1)))

    return limit


def shown(response):
    return html.unescape(response.content.decode())


def test_too_many_pages_from_one_address_are_refused_with_all_that_was_typed_and_the_phone(client, only):
    only("SAVES", 1)
    assert walk.answer(client, "who").status_code == 302
    response = walk.answer(client, "urgent", harm_if_waiting="no")
    assert response.status_code == 429
    assert "What you typed is still here." in shown(response)
    assert settings.INSURER_PHONE in shown(response)
    assert "checked" in shown(response)


def test_too_many_saves_of_one_draft_are_refused_and_another_draft_goes_on(client, only):
    only("SAVES_OF_DRAFT", 2)
    codes = [walk.answer(client, "who").status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429], "the first save begins the draft"
    assert walk.answer(Client(), "who").status_code == 302


def test_files_count_like_pages(client, only):
    walk.answer(client, "who")
    only("SAVES", 0)
    draft = walk.page_draft(client, "who")
    file = SimpleUploadedFile("bill.pdf", PDF)
    response = client.post(walk.url("files"), {"draft": draft, "files": file, "add": "1"})
    assert response.status_code == 429
    assert not Enclosure.objects.unscoped("test").exists()


def test_what_is_not_sent_because_of_the_limit_is_sent_later(client, only):
    walk.answer_all(client)
    only("SENDS", 0)
    response = walk.send(client)
    assert response.status_code == 429
    assert "Wait an hour, then press the button again, or call us" in shown(response)
    assert not Complaint.objects.unscoped("test").exists()

    only("SENDS", 1)
    assert walk.send(client).status_code == 302
    assert Complaint.objects.unscoped("test").count() == 1


def test_a_clinic_files_a_hundred_complaints_in_an_hour():
    address = uuid4().hex
    for _ in range(100):
        draft_id = uuid4()
        assert all(limits.may_save(address=address, draft_id=draft_id) for _page in range(8))
        assert limits.may_send(address=address, draft_id=draft_id)


@pytest.mark.django_db(transaction=True)
def test_of_60_pages_sent_at_once_exactly_as_many_as_the_limit_are_kept(only):
    """Checklist 32."""
    only("SAVES", 10)
    answers = walk.ANSWERS["who"]

    def begin(_number):
        try:
            return Client().post(walk.url("who"), answers).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=20) as burst:
        codes = list(burst.map(begin, range(60)))
    assert (codes.count(302), codes.count(429)) == (10, 50)
    assert Draft.objects.unscoped("test").count() == 10


def test_without_valkey_a_complaint_is_filed_and_the_log_says_once_that_nothing_is_limited(
    client,
    caplog,
    valkey_away,  # noqa: ARG001 -- wanted for what it does
):
    with caplog.at_level(logging.ERROR):
        reference = walk.file_complaint(client)
    assert Complaint.objects.unscoped("test").get().reference == reference
    said = [record.getMessage() for record in caplog.records if record.name == "members.accounts.throttle"]
    assert said == ["Valkey is away: intake.saves is not limited, and nobody can sign in"]
