"""What must not be done by whoever finds a screen open wants to see a factor again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from config.access import URL_AUDIENCES
from members.accounts.models import Session
from members.actors import Role
from members.audit.models import Event
from tests.members.accounts.door import CODES, PROVE, SECURITY, body, errors_of, give_password, wrong_code
from tests.people import PASSWORD, an_email, code_now, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
PASSWORD_PAGE = "/en/account/security/password/"
NEW_PASSWORD = "umbrella-kestrel-94-tuba-inlet"


def long_ago():
    return timezone.now() - timedelta(minutes=11)


def test_what_changes_who_comes_in_is_asked_for_again_after_ten_minutes(client):
    """Checklist 10: each page of the table that asks for a fresh proof."""
    sign_in(client, staff(Role.AGENT), at=long_ago())
    stepped = [name for name, audience in URL_AUDIENCES.items() if audience.proof_within]
    assert {"accounts:password", "accounts:email", "accounts:recovery_codes", "accounts:remove_factor"} <= set(stepped)
    for path in (PASSWORD_PAGE, CODES, "/en/account/security/email/", "/en/account/enrol/passkey/"):
        assert client.get(path)["Location"].startswith(PROVE), path
        assert client.post(path)["Location"].startswith(PROVE), path


def test_a_fresh_code_leads_on_to_the_page_and_turns_the_session_key(client):
    sign_in(client, staff(Role.AGENT), at=long_ago())
    before = client.session.session_key
    way = client.get(PASSWORD_PAGE)["Location"]
    assert client.post(way, {"code": code_now()})["Location"] == PASSWORD_PAGE
    assert client.get(PASSWORD_PAGE).status_code == 200
    assert client.session.session_key != before


def test_a_wrong_code_proves_nothing(client):
    sign_in(client, staff(Role.AGENT), at=long_ago())
    assert client.post(PROVE, {"code": wrong_code()}).status_code == 422
    assert client.get(PASSWORD_PAGE).status_code == 302


def test_a_member_without_a_factor_proves_it_by_password(client):
    sign_in(client, member_account(), at=long_ago())
    wrong = client.post(PROVE, {"password": "wrong horse"})
    assert errors_of(wrong)[1] == ["That is not your password. After 5 wrong tries you have to wait 15 minutes."]
    assert client.get(PASSWORD_PAGE).status_code == 302
    assert client.post(PROVE, {"password": PASSWORD}).status_code == 302
    assert client.get(PASSWORD_PAGE).status_code == 200


def test_the_password_that_proves_it_is_limited_like_a_sign_in(client):
    """Checklist 4."""
    sign_in(client, member_account(), at=long_ago())
    for _ in range(5):
        client.post(PROVE, {"password": "wrong horse"})
    assert client.post(PROVE, {"password": PASSWORD}).status_code == 422


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client):
    """Checklist 8."""
    user, other = staff(Role.AGENT), Client()
    for browser in (client, other):
        sign_in(browser, user)
    assert client.post(PASSWORD_PAGE, {"password": NEW_PASSWORD})["Location"] == SECURITY
    assert client.get("/en/desk/").status_code == 200
    assert other.get("/en/desk/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)


def test_a_password_that_is_easy_to_guess_is_refused_at_its_field(client):
    sign_in(client, staff(Role.AGENT))
    response = client.post(PASSWORD_PAGE, {"password": "passwordpassword"})
    assert response.status_code == 422
    assert errors_of(response)[1] == [
        "This password is easy to guess. Use four or more words that do not belong together."
    ]


def test_people_see_where_they_are_signed_in_and_end_it_there(client):
    """Checklist 9."""
    email, other = an_email(), Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Version/17 Safari/604.1"})
    user = member_account(email=email)
    give_password(client, email)
    give_password(other, email)
    page = body(client.get(SECURITY))
    assert "Safari, iPhone" in page
    keys = list(Session.objects.filter(user=user).values_list("session_key", flat=True))
    assert len(keys) == 2
    assert not any(key in page for key in keys), "a key on a page lets in whoever reads it"

    client.post("/en/account/security/sessions/end/")
    assert client.get(SECURITY).status_code == 200
    assert other.get(SECURITY).status_code == 302
    assert Event.objects.filter(action="session.ended", detail={"reason": "ended_by_owner"}).count() == 1


def test_nobody_ends_anothers_session(client):
    mine, theirs, other = member_account(), member_account(), Client()
    sign_in(client, mine)
    sign_in(other, theirs)
    client.post("/en/account/security/sessions/end/", {"handle": "00" * 16})
    client.post("/en/account/security/sessions/end/")
    assert other.get(SECURITY).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_security_takes_as_many_queries_for_three_sessions(client, django_assert_num_queries, count):
    user = staff(Role.AGENT)
    for _ in range(count - 1):
        sign_in(Client(), user)
    sign_in(client, user)
    client.get(SECURITY)
    with django_assert_num_queries(8):
        client.get(SECURITY)


def test_the_last_factor_of_staff_cannot_be_removed(client):
    user = sign_in(client, staff(Role.AGENT))
    device = user.totp_devices.get()
    client.post(f"/en/account/security/factors/{device.pk}/remove/")
    assert "This is the last thing that lets you in." in body(client.get(SECURITY))
    assert user.totp_devices.exists()


def test_anothers_factor_is_not_removed(client):
    other = staff(Role.AGENT)
    sign_in(client, staff(Role.AGENT))
    device = other.totp_devices.get()
    client.post(f"/en/account/security/factors/{device.pk}/remove/")
    assert other.totp_devices.exists()
