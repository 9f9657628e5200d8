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
from members.forms import EmailForm, RegistrationForm, SignInForm
from tests.complaints.test_account_mail import sent
from tests.members.accounts.door import SIGN_IN, Work, errors_of, give_password
from tests.people import PASSWORD, an_email, member, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
FORGOT, REGISTER = "/en/account/forgot/", "/en/account/register/"


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
    user = member_account(email=f"dana{rest}")
    typed = lookalike.format(rest)
    assert unicodedata.normalize("NFKC", typed) != f"dana{rest}"
    assert give_password(client, typed).status_code == 422
    for asked in (typed, f"dana{rest}"):
        client.post(FORGOT, {"email": asked})
    sent()
    found = Event.objects.filter(action="account.reset_asked").exclude(object_id=None)
    assert [event.object_id for event in found] == [user.pk], "the link of the real address, and no other"


def test_an_account_cannot_be_opened_a_second_time_in_other_letters_of_the_same_address():
    rest = an_email()
    member_account(email=f"dana{rest}")
    with pytest.raises(AccountRefused):
        operations.create_member_account(
            actor=GUEST, at=timezone.now(), member_id=member().pk, email=f"ＤＡＮＡ{rest}", password=PASSWORD
        )


def fields_of_the_door():
    forms = {SIGN_IN: SignInForm, FORGOT: EmailForm, REGISTER: RegistrationForm}
    return [(path, name) for path, form in forms.items() for name in form.base_fields]


@pytest.mark.parametrize(("path", "field"), fields_of_the_door())
def test_a_megabyte_in_any_field_of_the_door_is_refused_unlooked_at_and_not_sent_back(client, monkeypatch, path, field):
    """A ligature of one sign becomes eighteen when it is brought into the form in which it is looked up."""
    for looks_up in ("sessions.email_index", "passwords.email_index", "registration.member_number_index"):
        monkeypatch.setattr(f"members.operations.{looks_up}", None)
    typed = {"email": an_email(), "password": PASSWORD, "member_number": "1", "postal_code": "06103"}
    typed |= {"born_on_month": "6", "born_on_day": "30", "born_on_year": "1980"}
    response = client.post(path, typed | {"born_on_month" if field == "born_on" else field: "\ufdfa" * 100_000})
    assert response.status_code == 422
    assert "\ufdfa" not in response.content.decode()
    assert len(errors_of(response)[1]) == 1


def test_an_address_above_254_signs_is_refused_before_anything_is_hashed(client, monkeypatch):
    work = Work(monkeypatch)
    with work:
        response = give_password(client, "x" * 255 + "@example.org")
    assert errors_of(response)[1] == ["Enter an email address with 254 characters or less."]
    assert "hash" not in work.done


@pytest.mark.parametrize("size", [257, 1024, 4096, 100_000])
def test_a_password_of_4_kilobytes_is_judged_by_its_length_alone_and_not_taken_as_a_new_one(client, monkeypatch, size):
    email = an_email()
    sign_in(client, member_account(email=email))
    monkeypatch.setattr("members.accounts.password_rules.zxcvbn", None)
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
