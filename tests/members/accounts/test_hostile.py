"""What else is tried at the door, each in vain: stolen sessions, look-alike names, forged headers, enormous words."""

import unicodedata

import pytest
from django.test import Client
from django.utils import timezone

from members import operations
from members.accounts.models import Session, User, email_index
from members.accounts.refusals import AccountRefused
from members.actors import GUEST, Role
from members.audit.models import Event
from tests.members.accounts.door import SIGN_IN, errors_of, give_password
from tests.people import PASSWORD, an_email, member, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
FORGOT = "/en/account/forgot/"


def signed_in_with(browser, client):
    email = an_email()
    user = member_account(email=email)
    client.defaults["HTTP_USER_AGENT"] = browser
    give_password(client, email)
    assert client.get("/en/member/").status_code == 200
    return user


def test_a_stolen_session_ends_when_it_turns_up_in_another_browser_and_its_owner_is_told_why(client):
    user = signed_in_with(FIREFOX.format(140), client)
    thief = Client(headers={"User-Agent": CHROME}, REMOTE_ADDR="198.51.100.7")
    thief.cookies = client.cookies

    assert thief.get("/en/member/")["Location"].endswith("&ended=device")
    assert Session.objects.filter(user=user).count() == 0
    ended = Event.objects.get(action="session.ended")
    assert (ended.object_id, ended.detail) == (user.pk, {"reason": "device"})
    assert client.get("/en/member/").status_code == 302
    assert "in another browser or on another device" in client.get(f"{SIGN_IN}?ended=device").content.decode()


def test_another_network_and_a_newer_version_of_the_browser_end_no_session(client):
    signed_in_with(FIREFOX.format(140), client)
    client.defaults |= {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": FIREFOX.format(141)}
    assert client.get("/en/member/").status_code == 200


def test_a_user_deleted_in_mid_session_is_nobody(client):
    user = sign_in(client, staff(Role.AGENT))
    for rows in (user.role_grants, user.totp_devices):
        rows.all().delete()
    User.objects.filter(pk=user.pk).delete()
    assert client.get("/en/desk/")["Location"].startswith(SIGN_IN)
    assert client.post("/en/account/security/password/", {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("typed", ["ｄａｎａ{}", "𝒹𝒶𝓃𝒶{}", "DANA{}", "  dana{}\u3000"])
def test_an_address_in_other_widths_letters_and_case_is_the_same_account(client, typed):
    rest = an_email()
    user = member_account(email=f"dana{rest}")
    assert email_index(typed.format(rest)) == bytes(user.email_index)
    assert give_password(client, typed.format(rest)).status_code == 302


@pytest.mark.parametrize("lookalike", ["dаna{}", "dana{}".replace("a", "\u0251"), "dana\u200b{}", "dánа{}"])
def test_an_address_that_only_looks_alike_opens_nothing_and_gets_no_link(client, lookalike):
    """Letters of other alphabets are other letters: nobody is taken for somebody else, in neither direction."""
    rest = an_email()
    member_account(email=f"dana{rest}")
    typed = lookalike.format(rest)
    assert unicodedata.normalize("NFKC", typed) != f"dana{rest}"
    assert give_password(client, typed).status_code == 422
    client.post(FORGOT, {"email": typed})
    assert not Event.objects.filter(action="account.reset_asked").exclude(object_id=None).exists()


def test_an_account_cannot_be_opened_a_second_time_in_other_letters_of_the_same_address():
    rest = an_email()
    member_account(email=f"dana{rest}")
    with pytest.raises(AccountRefused):
        operations.create_member_account(
            actor=GUEST, at=timezone.now(), member_id=member().pk, email=f"ＤＡＮＡ{rest}", password=PASSWORD
        )


@pytest.mark.parametrize("size", [257, 4096, 100_000])
def test_a_password_of_4_kilobytes_is_checked_as_fast_and_not_taken_as_a_new_one(client, size):
    email = an_email()
    sign_in(client, member_account(email=email))
    response = client.post("/en/account/security/password/", {"password": "correct horse " * (size // 14 + 1)})
    assert response.status_code == 422
    assert errors_of(response)[1] == ["Use at most 256 characters."]


@pytest.mark.parametrize("field", ["email", "next"])
def test_a_line_break_in_what_is_typed_makes_no_header(client, field):
    email = an_email()
    member_account(email=email)
    typed = {"email": email, "password": PASSWORD} | {field: f"{email}\r\nSet-Cookie: stolen=1"}
    response = client.post(SIGN_IN, typed)
    assert "stolen" not in response.cookies
    assert not any("\n" in value for _, value in response.items())


def test_a_line_break_in_an_address_sends_no_mail_to_anybody_else(client):
    response = client.post(FORGOT, {"email": "dana@example.org\r\nBcc: thief@example.org"})
    assert response.status_code == 422


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a\r\nb"])
def test_a_forged_host_is_refused_before_any_page(client, host):
    assert client.get(SIGN_IN, headers={"Host": host}).status_code == 400


def test_a_forged_forwarding_header_makes_no_new_address_to_guess_from(client):
    email = an_email()
    member_account(email=email)
    for number in range(5):
        client.post(SIGN_IN, {"email": email, "password": "wrong"}, headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert give_password(client, email).status_code == 422
