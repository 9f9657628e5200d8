"""Guessing is stopped: exactly after five failures, for one user at one address."""

import pytest
from django.test import Client

from members.accounts import throttle
from tests.members.accounts.door import SIGN_OUT, give_password
from tests.people import an_email, member_account

pytestmark = pytest.mark.django_db


def test_five_failures_lock_the_user_at_one_address_and_not_at_another(client):
    """Checklist 4."""
    email = an_email()
    member_account(email=email)
    for _ in range(5):
        assert give_password(client, email, "wrong").status_code == 422
    assert give_password(client, email).status_code == 422

    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert give_password(elsewhere, email).status_code == 302


def test_a_right_password_gives_all_attempts_back(client):
    email = an_email()
    member_account(email=email)
    for _ in range(2):
        for _ in range(4):
            give_password(client, email, "wrong")
        assert give_password(client, email).status_code == 302
        client.post(SIGN_OUT)


def test_without_valkey_nobody_signs_in_and_what_was_typed_is_kept(client, settings):
    email = an_email()
    member_account(email=email)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    throttle.valkey.cache_clear()
    try:
        response = give_password(client, email)
    finally:
        throttle.valkey.cache_clear()
    assert response.status_code == 503
    assert f'value="{email}"' in response.content.decode()
    assert client.get("/en/member/").status_code == 302
