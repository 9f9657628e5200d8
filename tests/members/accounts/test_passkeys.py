"""Passkeys: no false site can ask for them, no answer counts twice, and a copied key is found out."""

import html
import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from members.accounts.models import Passkey
from members.accounts.passkeys import CHALLENGE, PasskeyRefused, take_challenge
from members.actors import Role
from members.audit.models import Event
from members.operations import verify_passkey
from tests.members.accounts.authenticator import PRESENT, VERIFIED, SecurityKey
from tests.members.accounts.door import ENROL, ENROL_PASSKEY, PROVE, VERIFY, errors_of, give_code, give_password
from tests.people import an_email, code_now, sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings):
    settings.PUBLIC_URL = "http://testserver"


def options_of(response):
    """Return what the page asks the browser for."""
    return html.unescape(re.search(r'data-options="(.*?)"', response.content.decode())[1])


def enrol(client, key, **answer):
    options = options_of(client.get(ENROL_PASSKEY))
    return client.post(ENROL_PASSKEY, {"credential": key.make(options, **answer), "name": "Work laptop"})


def with_passkey(*roles, key=None):
    """Return e-mail address and security key of somebody of staff who has only a passkey."""
    email, key, client = an_email(), key or SecurityKey(), Client()
    staff(*roles, email=email, factor=False)
    give_password(client, email)
    assert enrol(client, key).status_code == 302
    return email, key


def at_the_second_step(client, email):
    give_password(client, email)
    return options_of(client.get(VERIFY))


def test_staff_set_up_a_passkey_and_are_in(client):
    email = an_email()
    user = staff(Role.AGENT, email=email, factor=False)
    assert give_password(client, email)["Location"].startswith(ENROL)
    response = enrol(client, SecurityKey())
    assert response["Location"].startswith("/en/account/security/codes/")
    assert client.get("/en/desk/").status_code == 200
    passkey = user.passkeys.get()
    assert (passkey.name, passkey.transports) == ("Work laptop", ["internal"])


def test_a_passkey_opens_the_door(client):
    email, key = with_passkey(Role.AGENT)
    answer = key.show(at_the_second_step(client, email))
    assert client.post(VERIFY, {"credential": answer})["Location"] == "/en/desk/"
    assert client.get("/en/desk/").status_code == 200
    assert Passkey.objects.get().sign_count == 1
    assert Event.objects.filter(action="session.started", detail={"means": "passkey"}).exists()


def test_an_answer_made_for_another_site_is_refused(client):
    """A page that looks like ours gets answers for its own address only."""
    email, key = with_passkey(Role.AGENT)
    answer = key.show(at_the_second_step(client, email), origin="https://testserver.example.net")
    response = client.post(VERIFY, {"credential": answer})
    assert response.status_code == 422
    assert errors_of(response)[0] == ["That passkey did not work here. Try again, or use another way to sign in."]
    assert client.get("/en/desk/").status_code == 302


def test_a_passkey_made_on_another_site_is_not_kept(client):
    email = an_email()
    staff(Role.AGENT, email=email, factor=False)
    give_password(client, email)
    assert enrol(client, SecurityKey(), origin="https://example.net").status_code == 422
    assert not Passkey.objects.exists()


def test_an_answer_counts_once(client):
    """The challenge is used up by the first press, and the counter by the first answer."""
    email, key = with_passkey(Role.AGENT)
    answer = key.show(at_the_second_step(client, email))
    assert client.post(VERIFY, {"credential": answer}).status_code == 302
    other = Client()
    at_the_second_step(other, email)
    assert other.post(VERIFY, {"credential": answer}).status_code == 422


def test_a_copy_of_a_key_is_found_out_by_its_counter(client):
    email, key = with_passkey(Role.AGENT)
    client.post(VERIFY, {"credential": key.show(at_the_second_step(client, email))})
    key.count = 0
    copy = Client()
    answer = key.show(at_the_second_step(copy, email))
    assert copy.post(VERIFY, {"credential": answer}).status_code == 422
    assert Event.objects.filter(action="factor.refused", detail__factor="passkey").exists()


def test_anothers_passkey_does_not_open_my_account(client):
    email, _ = with_passkey(Role.AGENT)
    _, foreign = with_passkey(Role.AGENT, key=SecurityKey(b"another one's id"))
    assert client.post(VERIFY, {"credential": foreign.show(at_the_second_step(client, email))}).status_code == 422
    assert client.get("/en/desk/").status_code == 302


@pytest.mark.parametrize(
    "answer",
    ["", "x", "null", "[]", '"', "{}", '{"response": 1}', '{"rawId": 5, "response": {}}', "[" * 9000],
    ids=str.__len__,
)
def test_what_is_no_credential_is_refused_in_a_sentence(client, answer):
    email, _ = with_passkey(Role.AGENT)
    at_the_second_step(client, email)
    assert client.post(VERIFY, {"credential": answer}).status_code == 422


def test_an_incomplete_credential_is_refused(client):
    email, key = with_passkey(Role.AGENT)
    answer = json.loads(key.show(at_the_second_step(client, email)))
    for name in ("signature", "authenticatorData", "clientDataJSON"):
        options = options_of(client.get(VERIFY))
        answer = json.loads(key.show(options))
        del answer["response"][name]
        assert client.post(VERIFY, {"credential": json.dumps(answer)}).status_code == 422
        answer["response"][name] = "AA"
        options_of(client.get(VERIFY))
        assert client.post(VERIFY, {"credential": json.dumps(answer)}).status_code == 422


@pytest.mark.parametrize("transports", [None, 1, True, "usb", {}, [1, None, "usb"]], ids=str)
def test_a_passkey_is_set_up_whatever_its_device_says_of_its_transports(client, transports):
    user = sign_in(client, staff(Role.AGENT))
    assert enrol(client, SecurityKey(), transports=transports).status_code == 302
    assert user.passkeys.get().transports == (["usb"] if isinstance(transports, list) else [])


@pytest.mark.parametrize(
    "public_key", [[], [1], {}, 7, "key", {1: 2, 3: -7}, {1: [], 3: -7}, {1: 2, 3: -7, -1: 1}], ids=str
)
def test_a_public_key_that_is_none_is_refused_in_a_sentence(client, public_key):
    sign_in(client, staff(Role.AGENT))
    assert enrol(client, SecurityKey(), public_key=public_key).status_code == 422
    assert not Passkey.objects.exists()


def verification_wanted(response):
    asked = json.loads(options_of(response))
    return asked.get("userVerification") or asked["authenticatorSelection"]["userVerification"]


def test_an_administrators_passkey_is_set_up_and_shown_by_its_owner_only(client):
    email = an_email()
    admin = staff(Role.ADMINISTRATOR, email=email, factor=False)
    give_password(client, email)
    key = SecurityKey(verifies=False)
    assert verification_wanted(client.get(ENROL_PASSKEY)) == "required"
    assert enrol(client, key).status_code == 422
    key.flags |= VERIFIED
    assert enrol(client, key).status_code == 302
    at_door = Client()
    options = at_the_second_step(at_door, email)
    assert verification_wanted(at_door.get(VERIFY)) == "required"
    key.flags = PRESENT
    options = options_of(at_door.get(VERIFY))
    assert at_door.post(VERIFY, {"credential": key.show(options)}).status_code == 422
    key.flags |= VERIFIED
    options = options_of(at_door.get(VERIFY))
    assert at_door.post(VERIFY, {"credential": key.show(options)}).status_code == 302
    assert admin.passkeys.count() == 1


def test_before_what_is_sensitive_a_passkey_is_shown_by_its_owner_only(client):
    key = SecurityKey(verifies=False)
    email, _ = with_passkey(Role.AGENT, key=key)
    assert client.post(VERIFY, {"credential": key.show(at_the_second_step(client, email))}).status_code == 302
    page = client.get(PROVE)
    assert verification_wanted(page) == "required"
    assert client.post(PROVE, {"credential": key.show(options_of(page))}).status_code == 422
    key.flags |= VERIFIED
    assert client.post(PROVE, {"credential": key.show(options_of(client.get(PROVE)))}).status_code == 302


def test_a_challenge_is_taken_once_by_however_many_requests_have_read_it(client):
    email, _ = with_passkey(Role.AGENT)
    at_the_second_step(client, email)
    first, second = client.session, client.session
    assert CHALLENGE in first
    assert CHALLENGE in second
    take_challenge(first)
    with pytest.raises(PasskeyRefused):
        take_challenge(second)


@pytest.mark.django_db(transaction=True)
def test_of_one_answer_sent_twice_at_once_one_opens_a_session_even_if_the_device_never_counts():
    """Checklist 3."""
    key = SecurityKey(counts=False)
    email, _ = with_passkey(Role.AGENT, key=key)
    browser, start = Client(), Barrier(2)
    answer = key.show(at_the_second_step(browser, email))

    def send(_):
        tab = Client(raise_request_exception=False)
        tab.cookies = browser.cookies.copy()
        start.wait()
        try:
            return tab.post(VERIFY, {"credential": answer}).get("Location"), tab.get("/en/desk/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(send, range(2)))
    assert sorted(status for _, status in outcomes) == [200, 302]
    assert [way for way, _ in outcomes].count("/en/desk/") == 1


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_no_passkey_is_heard(client):
    key = SecurityKey()
    sign_in(client, staff(Role.AGENT))
    assert enrol(client, key).status_code == 503


def test_an_administrator_without_a_passkey_gets_as_far_as_setting_one_up(client):
    """Checklist 2."""
    admin = staff(Role.ADMINISTRATOR, factor=True)
    admin.passkeys.all().delete()
    sign_in(client, admin)
    assert client.get("/en/signed-in/")["Location"].startswith(ENROL)
    assert enrol(client, SecurityKey()).status_code == 302
    assert client.get("/en/signed-in/").status_code == 200


def test_a_code_does_not_stand_in_for_an_administrators_passkey(client):
    """Checklist 2."""
    email = an_email()
    staff(Role.ADMINISTRATOR, email=email)
    give_password(client, email)
    assert give_code(client, code_now()).status_code == 200
    assert client.get("/en/signed-in/")["Location"].startswith(VERIFY)


def test_the_last_passkey_of_an_administrator_cannot_be_removed(client):
    email, key = with_passkey(Role.ADMINISTRATOR)
    client.post(VERIFY, {"credential": key.show(at_the_second_step(client, email))})
    passkey = Passkey.objects.get()
    client.post(f"/en/account/security/factors/{passkey.pk}/remove/")
    assert Passkey.objects.filter(pk=passkey.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_one_answer_sent_twice_at_once_counts_once(client):
    key = SecurityKey()
    user, at = staff(Role.AGENT), timezone.now()
    sign_in(client, user)
    enrol(client, key)
    options = json.dumps({"challenge": "QUFBQUFBQUFBQUFBQUFBQQ"})
    answer, start = key.show(options), Barrier(2)

    def send(_):
        start.wait()
        try:
            return verify_passkey(
                actor=user.at_the_door(), at=at, user_id=user.pk, answer=answer, challenge=b"AAAAAAAAAAAAAAAA"
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(bool(found) for found in pool.map(send, range(2))) == [False, True]
