"""An act that wants a factor first is not lost: it leads back to its page, and gives back what was chosen and typed."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from members.actors import Role
from tests.members.accounts.door import PROVE, body
from tests.people import sign_in, staff

pytestmark = pytest.mark.django_db
CASE = "/desk/cases/GA-2026-000001/assess/"


def press(client, path, data=None, *, page, site="http://testserver"):
    """Send a form as a browser does from this page."""
    return client.post(path, data or {}, headers={"Origin": site, "Referer": f"{site}{page}"})


@pytest.fixture
def person():
    """Return the page of somebody who works here."""
    return reverse("people:person", args=[staff(Role.AGENT).pk])


@pytest.fixture
def administrator(client):
    """Return the browser of somebody whose last proof is too old for what gives access."""
    sign_in(client, staff(Role.ADMINISTRATOR), at=timezone.now() - timedelta(minutes=11))
    return client


def test_a_form_with_choices_comes_back_with_the_way_to_prove_it_and_back_to_its_page(administrator, person):
    response = press(administrator, f"{person}grant/", {"role": "lead"}, page=person)
    page = body(response)
    assert response.status_code == 403
    assert "Show again that it is you: nothing was saved yet" in page
    assert "signed out" not in page
    assert '<input type="hidden" name="role" value="lead">' in page
    assert f'action="{person}grant/"' in page
    assert f'href="{PROVE}?{urlencode({"next": person})}"' in page
    assert "Show that it is you (opens in a new tab)" in page


def test_a_press_without_choices_leads_to_the_proof_and_back_to_its_page(administrator, person):
    way = press(administrator, f"{person}disable/", page=f"{person}?page=2")["Location"]
    assert way == f"{PROVE}?{urlencode({'next': f'{person}?page=2'})}"
    assert "What comes next is sensitive." in body(administrator.get(way))


def test_what_another_site_has_sent_is_not_given_back_and_leads_to_no_page_of_its_choice(administrator, person):
    sent = press(administrator, f"{person}grant/", {"role": "lead"}, page=person, site="http://elsewhere.example")
    assert sent["Location"] == PROVE


@pytest.mark.parametrize("typed", [{"severity": "high"}, {"severity": "high", "reasons": "Billed twice for a knee."}])
def test_on_a_new_network_the_pages_name_the_network_and_everything_is_given_back(client, typed):
    sign_in(client, staff(Role.AGENT))
    client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    response = press(client, CASE, typed, page=CASE)
    page = body(response)
    assert response.status_code == 403
    assert "You are on a network that is new to this sign-in, so nothing was saved yet" in page
    assert "signed out" not in page
    for name, value in typed.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert f'href="{PROVE}?{urlencode({"next": CASE})}"' in page
    assert "You are on a network that is new to this sign-in." in body(client.get(PROVE))


def test_words_of_who_is_signed_out_come_back_with_the_way_in_to_the_page_they_were_typed_on(client):
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(minutes=16))
    page = body(press(client, CASE, {"reasons": "Billed twice for a knee."}, page=CASE))
    assert "You are signed out, so nothing was saved" in page
    assert urlencode({"next": CASE}) in page
