"""A session says when it ends, a press prolongs it, and nothing that a page asks by itself does."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from members.actors import Role
from tests.members.accounts.door import SECURITY, SIGN_IN
from tests.people import member_account, sign_in, staff

pytestmark = pytest.mark.django_db
STAY = "/en/account/stay/"
UNATTENDED = {"X-Unattended": "1"}
NEAR = 5  # s that a test may take meanwhile


def idle_for(client, user, *, minutes, hours=0):
    """Sign somebody in so many hours ago, whose last sign of life is so many minutes old."""
    sign_in(client, user, at=timezone.now() - timedelta(hours=hours))
    session = client.session
    session["seen_at"] = timezone.now().timestamp() - minutes * 60
    session.save()


def told(response):
    return response.json()["limit"], response.json()["left"]


@pytest.mark.parametrize(("who", "limit"), [(staff, 15), (member_account, 20)], ids=["staff", "member"])
def test_a_page_says_how_long_the_session_goes_on(client, who, limit):
    sign_in(client, who(Role.AGENT) if who is staff else who())
    page = client.get(SECURITY).content.decode()
    left, warning = re.search(r'data-left="(\d+)" data-warning="(\d+)"', page).groups()
    assert limit * 60 - NEAR <= int(left) <= limit * 60
    assert warning == "120"


def test_a_page_for_nobody_says_nothing_of_a_session(client):
    assert "rd-session-end" not in client.get(SIGN_IN).content.decode()


def test_a_press_prolongs_a_session_that_is_about_to_end(client):
    idle_for(client, staff(Role.AGENT), minutes=14)
    assert told(client.post(STAY)) == ("idle", 15 * 60)


def test_asking_unattended_tells_the_time_and_keeps_no_session_alive(client):
    """Checklist 9."""
    idle_for(client, staff(Role.AGENT), minutes=14)
    seen = client.session["seen_at"]
    limit, left = told(client.get(STAY, headers=UNATTENDED))
    assert limit == "idle"
    assert 60 - NEAR <= left <= 60
    assert client.get("/en/desk/", headers=UNATTENDED).status_code == 200
    assert client.session["seen_at"] == seen


def test_polling_does_not_carry_a_session_past_its_idle_end(client):
    """Checklist 9."""
    idle_for(client, staff(Role.AGENT), minutes=15)
    assert told(client.get(STAY, headers=UNATTENDED)) == ("idle", 0)
    assert client.get("/en/desk/").status_code == 302


def test_no_press_prolongs_a_session_past_its_absolute_end(client):
    """Checklist 9."""
    idle_for(client, staff(Role.AGENT), minutes=1, hours=7.99)
    limit, left = told(client.post(STAY))
    assert limit == "absolute"
    assert 0 < left <= 36
    idle_for(client, staff(Role.AGENT), minutes=1, hours=8)
    assert told(client.post(STAY)) == ("absolute", 0)


def test_another_site_cannot_keep_a_session_alive():
    """Checklist 29."""
    client = Client(enforce_csrf_checks=True)
    idle_for(client, staff(Role.AGENT), minutes=5)
    seen = client.session["seen_at"]
    assert client.post(STAY).status_code == 403
    assert client.session["seen_at"] == seen


def test_everything_that_asks_again_by_itself_says_so():
    """Checklist 9: what polls without the header would keep a session alive that nobody sits before."""
    polls = [
        tag
        for page in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for tag in re.findall(r'<[^<]*hx-trigger="[^"]*every[^<]*', page.read_text())
    ]
    assert polls
    assert [tag for tag in polls if "X-Unattended" not in tag] == []
