"""Setting up an authenticator app."""

import re
from base64 import b32decode
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from members.accounts import totp
from members.accounts.models import TotpDevice
from members.actors import Role
from members.audit.models import Event
from members.operations import CodeOutcome, enrol_totp, verify_code
from tests.members.accounts.door import CODES, ENROL, ENROL_APP, SECURITY, SIGN_IN, give_password
from tests.people import PASSWORD, TOTP_KEY, actor_of, an_email, member_account, sign_in, staff

pytestmark = pytest.mark.django_db


def shown_key(response):
    text = re.search(r"<code[^>]*><bdi[^>]*>([A-Z2-7 ]+)</bdi>", response.content.decode())[1]
    assert all(len(group) == 4 for group in text.split())
    return b32decode(text.replace(" ", ""))


def begin_enrolment(client, **who):
    email = an_email()
    user = staff(Role.AGENT, email=email, factor=False, **who)
    give_password(client, email)
    assert client.post(ENROL_APP)["Location"] == ENROL_APP
    return user


def code_of(key):
    return totp.code_at(key, timezone.now())


def test_staff_enrol_an_app_and_are_in(client):
    user = begin_enrolment(client)
    page = client.get(ENROL_APP)
    drawing = re.search(r"<svg.*?</svg>", page.content.decode().partition('role="img"')[2], re.DOTALL)[0]
    assert "<path" in drawing
    assert "style=" not in drawing
    key = shown_key(page)

    wrong = client.post(ENROL_APP, {"code": "000000" if code_of(key) != "000000" else "111111"})
    assert wrong.status_code == 422
    assert shown_key(wrong) == key

    response = client.post(ENROL_APP, {"code": code_of(key)})
    assert (response.status_code, response["Location"]) == (302, f"{CODES}?next=%2Fen%2Fdesk%2F")
    assert client.get("/en/desk/").status_code == 200
    before = ("account.created", "role.granted", "phi.opened")
    facts = Event.objects.filter(object_id=user.pk).exclude(action__in=before)
    assert list(facts.order_by("pk").values_list("action", flat=True)) == [
        "factor.begun",
        "factor.refused",
        "account.app_added",
        "session.started",
    ]


def test_the_first_code_of_an_enrolment_does_not_work_again(client):
    """Checklist 3."""
    user, at = begin_enrolment(client), timezone.now()
    code = totp.code_at(shown_key(client.get(ENROL_APP)), at)
    client.post(ENROL_APP, {"code": code})
    assert user.totp_devices.get().last_step == int(at.timestamp()) // totp.STEP_SECONDS
    assert verify_code(actor=user.at_the_door(), at=at, user_id=user.pk, code=code) == CodeOutcome()


def test_a_new_factor_ends_the_other_sessions_and_keeps_this_one(client):
    """Checklist 8."""
    email = an_email()
    member_account(email=email)
    other = Client()
    for browser in (client, other):
        give_password(browser, email)
    client.post(ENROL_APP)
    client.post(ENROL_APP, {"code": code_of(shown_key(client.get(ENROL_APP)))})

    assert client.get("/en/member/").status_code == 200
    assert other.get("/en/member/")["Location"].startswith(SIGN_IN)


def test_a_key_begun_in_another_session_is_not_shown_nor_confirmed(client):
    user = begin_enrolment(client)
    enrol_totp(actor=actor_of(user), at=timezone.now(), user_id=user.pk)
    assert b"<code" not in client.get(ENROL_APP).content


def test_looking_at_the_enrolment_page_changes_nothing(client):
    """Checklist 29."""
    email = an_email()
    staff(Role.AGENT, email=email, factor=False)
    give_password(client, email)
    client.get(ENROL)
    client.get(ENROL_APP)
    assert TotpDevice.objects.count() == 0


def test_starting_again_gives_a_new_key(client):
    begin_enrolment(client)
    first = shown_key(client.get(ENROL_APP))
    client.post(ENROL_APP)
    assert shown_key(client.get(ENROL_APP)) != first
    assert TotpDevice.objects.count() == 1


def test_whoever_has_a_factor_adds_another_only_after_showing_it_again(client):
    """Checklist 10."""
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(minutes=11))
    assert client.get(ENROL)["Location"] == SECURITY
    assert client.post(ENROL_APP)["Location"].startswith("/en/account/prove/")
    assert TotpDevice.objects.count() == 1


def test_neither_seed_nor_address_stands_in_the_database_in_clear(client):
    """Checklist 3 and 17."""
    email = "zebedee.quackenbush@example.org"
    staff(Role.AGENT, email=email)
    begin_enrolment(client)
    key = shown_key(client.get(ENROL_APP))
    dump = b""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')  # noqa: S608
            dump += "\n".join(row for (row,) in cursor.fetchall()).encode().lower()
    for secret in (TOTP_KEY, key, totp.text_secret(key).encode(), b"zebedee", b"quackenbush", PASSWORD.encode()):
        assert secret.lower() not in dump
        assert secret.hex().encode() not in dump
