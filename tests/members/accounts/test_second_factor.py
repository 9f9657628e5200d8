"""The second factor opens the door once for each code."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from members.accounts.totp import code_at
from members.actors import Role
from members.audit.models import Event
from members.operations import verify_code
from tests.members.accounts.door import SIGN_OUT, at_the_second_step, errors_of, give_code, wrong_code
from tests.people import TOTP_KEY, code_now, sign_in, staff

pytestmark = pytest.mark.django_db


def test_the_right_code_opens_the_door(client):
    user = at_the_second_step(client)
    response = give_code(client, code_now())

    assert (response.status_code, response["Location"]) == (302, "/en/desk/")
    assert client.get("/en/desk/").status_code == 200
    event = Event.objects.get(action="session.started")
    assert (event.actor_id, event.actor_label, event.detail) == (user.pk, "Dana Ruiz", {"means": "totp"})


def test_a_code_with_blanks_is_as_good(client):
    at_the_second_step(client)
    code = code_now()
    assert give_code(client, f" {code[:3]} {code[3:]} ").status_code == 302


def test_a_code_works_once(client):
    """Checklist 3."""
    user = at_the_second_step(client)
    code = code_now()
    assert give_code(client, code).status_code == 302
    client.post(SIGN_OUT)

    sign_in(client, user)
    session = client.session
    del session["factor_id"]
    session.save()
    assert give_code(client, code).status_code == 422
    assert client.get("/en/desk/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_code_sent_many_times_at_once_works_once():
    """Checklist 3."""
    user, at = staff(Role.AGENT), timezone.now()
    code = code_at(TOTP_KEY, at)
    start = Barrier(4)

    def send(_):
        start.wait()
        try:
            return verify_code(actor=user.at_the_door(), at=at, user_id=user.pk, code=code).factor_id
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as burst:
        outcomes = list(burst.map(send, range(4)))
    assert sorted(map(bool, outcomes)) == [False, False, False, True]


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_90_seconds_off_is_refused(client, steps):
    at_the_second_step(client)
    assert give_code(client, code_now(steps=steps)).status_code == 422


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "Enter the 6-digit code."),
        ("12345\x00", "Null characters are not allowed."),
        *((code, "Enter 6 numbers, for example 123456.") for code in ("12345", "1234567", "abcdef", "-12345")),
        *((code, "Enter 6 numbers, for example 123456.") for code in ("١٢٣٤٥٦", "1" * 5000)),
    ],
)
def test_what_is_no_code_is_refused_with_a_reason_and_costs_no_attempt(client, code, reason):
    user = at_the_second_step(client)
    response = give_code(client, code)
    assert response.status_code == 422
    assert errors_of(response) == ([reason],) * 2
    assert user.totp_devices.get().failure_count == 0


def test_wrong_codes_make_the_next_one_wait_whatever_the_address(client):
    user = at_the_second_step(client)
    user.totp_devices.update(failure_count=4, failed_at=timezone.now() - timedelta(minutes=1))
    assert give_code(client, wrong_code()).status_code == 422

    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    elsewhere.cookies = client.cookies
    response = give_code(elsewhere, code_now())
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 16
    assert list(
        Event.objects.filter(action="factor.refused").order_by("pk").values_list("detail__reason", flat=True)
    ) == [
        "wrong",
        "too_soon",
    ]
    assert user.totp_devices.get().failure_count == 5


def test_a_right_code_after_the_wait_forgets_the_failures(client):
    user = at_the_second_step(client)
    user.totp_devices.update(failure_count=4, failed_at=timezone.now() - timedelta(seconds=9))
    assert give_code(client, code_now()).status_code == 302
    assert user.totp_devices.values_list("failure_count", "failed_at").get() == (0, None)
