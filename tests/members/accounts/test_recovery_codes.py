"""Codes on paper: shown once, kept as hashes, good once each."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from members.accounts.models import RecoveryCode
from members.accounts.recovery_codes import new_codes
from members.actors import Role
from members.audit.models import Event
from members.operations import make_recovery_codes, use_recovery_code
from tests.members.accounts.door import CODES, ENROL, RECOVERY, errors_of, give_password
from tests.people import an_email, sign_in, staff

pytestmark = pytest.mark.django_db


def print_codes(user):
    client = Client()
    sign_in(client, user)
    page = client.post(CODES)
    return re.findall(r"<code[^>]*><bdi[^>]*>([a-z0-9-]+)</bdi>", page.content.decode())


def at_the_recovery_page(client, *roles):
    email = an_email()
    user = staff(*roles or (Role.AGENT,), email=email)
    codes = print_codes(user)
    give_password(client, email)
    return user, codes


def test_ten_codes_are_shown_once_and_kept_as_hashes(client):
    user = staff(Role.AGENT)
    codes = print_codes(user)
    assert len(set(codes)) == 10
    sign_in(client, user)
    assert "<code" not in client.get(CODES).content.decode()
    kept = b"".join(bytes(row.code_index) for row in RecoveryCode.objects.all())
    assert not any(code.encode() in kept for code in codes)


def test_a_code_has_more_than_120_bits():
    assert all(re.fullmatch(r"([2-9a-hjkmnp-z]{5}-){4}[2-9a-hjkmnp-z]{5}", code) for code in new_codes())
    assert 31**25 > 2**120


def test_a_code_opens_the_door_once(client):
    """Checklist 3."""
    user, codes = at_the_recovery_page(client)
    assert client.post(RECOVERY, {"code": codes[3].upper().replace("-", " ")})["Location"] == "/en/desk/"
    assert client.get("/en/desk/").status_code == 200
    assert Event.objects.filter(action="session.started", detail={"means": "recovery"}).exists()
    assert user.recovery_codes.filter(used_at=None).count() == 9


@pytest.mark.django_db(transaction=True)
def test_a_code_sent_many_times_at_once_works_once():
    """Checklist 3."""
    user, at, start = staff(Role.AGENT), timezone.now(), Barrier(4)
    code = make_recovery_codes(actor=user.at_the_door(), at=at, user_id=user.pk)[0]

    def send(_):
        start.wait()
        try:
            return use_recovery_code(actor=user.at_the_door(), at=timezone.now(), user_id=user.pk, code=code)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as burst:
        assert sorted(burst.map(send, range(4))) == [False, False, False, True]


def test_a_used_code_and_a_wrong_one_are_refused_in_the_same_words(client):
    user, codes = at_the_recovery_page(client)
    client.post(RECOVERY, {"code": codes[0]})
    other = Client()
    sign_in(other, user)
    session = other.session
    del session["factor_id"]
    session.save()
    said = {str(errors_of(other.post(RECOVERY, {"code": code}))) for code in (codes[0], "nonsense", "ü" * 90)}
    assert len(said) == 1


def test_five_wrong_codes_shut_the_page_for_the_right_one_too(client):
    """Checklist 4."""
    _, codes = at_the_recovery_page(client)
    for _ in range(5):
        client.post(RECOVERY, {"code": "nonsense"})
    assert client.post(RECOVERY, {"code": codes[0]}).status_code == 422


def test_new_codes_void_the_old_ones(client):
    user, codes = at_the_recovery_page(client)
    print_codes(user)
    assert client.post(RECOVERY, {"code": codes[0]}).status_code == 422


def test_anothers_code_opens_nothing(client):
    _, codes = at_the_recovery_page(Client())
    at_the_recovery_page(client)
    assert client.post(RECOVERY, {"code": codes[0]}).status_code == 422


def test_a_code_takes_an_administrator_as_far_as_a_new_passkey(client):
    """Checklist 2 and 7."""
    _, codes = at_the_recovery_page(client, Role.ADMINISTRATOR)
    client.post(RECOVERY, {"code": codes[0]})
    assert client.get("/en/desk/")["Location"].startswith(ENROL)


def test_making_codes_by_looking_is_impossible(client):
    """Checklist 29."""
    sign_in(client, staff(Role.AGENT))
    client.get(CODES)
    assert not RecoveryCode.objects.exists()
