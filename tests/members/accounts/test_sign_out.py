"""Leaving, and what a link alone cannot do."""

import pytest
from django.test import Client

from members.accounts.models import Session
from members.actors import Role
from members.audit.models import Event
from tests.members.accounts.door import SIGN_IN, SIGN_OUT, give_password
from tests.people import an_email, sign_in, staff

pytestmark = pytest.mark.django_db


def test_signing_out_ends_the_session_and_clears_the_site_data(client):
    """Checklist 28."""
    user = sign_in(client, staff(Role.AGENT))
    response = client.post(SIGN_OUT)

    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response["Location"] == f"{SIGN_IN}?ended=sign_out"
    assert Session.objects.count() == 0
    assert client.get("/en/desk/").status_code == 302
    event = Event.objects.get(action="session.ended")
    assert (event.actor_id, event.detail) == (user.pk, {"reason": "sign_out"})


def test_signing_out_twice_does_no_harm(client):
    assert client.post(SIGN_OUT).status_code == 302


def test_a_get_signs_nobody_out(client):
    """Checklist 29."""
    sign_in(client, staff(Role.AGENT))
    assert client.get(SIGN_OUT).status_code == 405
    assert client.get("/en/desk/").status_code == 200


def test_every_form_of_the_door_demands_its_csrf_token():
    """Checklist 29."""
    client = Client(enforce_csrf_checks=True)
    assert give_password(client, an_email()).status_code == 403
    sign_in(client, staff(Role.AGENT))
    assert client.post(SIGN_OUT).status_code == 403
