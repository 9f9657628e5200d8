"""What a browser asks for while another tab turns the key of its session, or somebody ends it: no answer is false."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from members.accounts.models import Session
from members.actors import Role
from members.audit.models import Event
from tests.members.accounts.door import PROVE, SECURITY, SIGN_IN
from tests.people import code_now, sign_in, staff

pytestmark = pytest.mark.django_db
BESIDE, BESIDE_AN_END, STAY = "/en/beside-a-proof/", "/en/beside-an-end/", "/en/account/stay/"
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def agent(client):
    """Somebody of staff whose last sign of life and proof are a minute old."""
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(minutes=1))
    return client


@pytest.mark.parametrize("ask", ["get", "post"])
@pytest.mark.parametrize("query", ["", "?note=kept"], ids=["nothing in the session", "a note in the session"])
def test_what_was_done_beside_a_proof_is_answered_as_done(agent, ask, query):
    response = getattr(agent, ask)(BESIDE + query)
    assert (response.status_code, response.content) == (200, b"done")
    assert Event.objects.filter(detail={"url": "beside_a_proof"}).count() == 1


def test_a_request_beside_a_proof_leaves_the_new_key_the_proof_and_what_it_noted_itself(agent):
    response = agent.post(f"{BESIDE}?note=kept")
    assert COOKIE not in response.cookies, "the browser has the new key from the other tab"
    told = Session.objects.get().get_decoded()
    assert told["note"] == "kept"
    assert told["networks"][-1] == "of the other tab"
    assert timezone.now().timestamp() - told["proven_at"] < 30


def test_a_sign_of_life_beside_a_proof_counts(agent):
    before = Session.objects.get().seen_at
    agent.get(BESIDE)
    assert (Session.objects.get().seen_at - before).total_seconds() >= 60


@pytest.mark.parametrize("query", ["", "?note=lost"])
def test_a_session_that_was_ended_beside_a_request_answers_with_the_way_in(agent, query):
    response = agent.get(BESIDE_AN_END + query)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, SIGN_IN)
    assert response.cookies[COOKIE].value == ""
    assert not Session.objects.exists()


def test_the_former_key_opens_nothing_and_takes_no_cookie_away(agent):
    late = Client()
    late.cookies[COOKIE] = agent.cookies[COOKIE].value
    assert agent.post(PROVE, {"code": code_now()}).status_code == 302
    for path in (STAY, SECURITY, "/en/anyone/"):
        response = late.get(path)
        assert COOKIE not in response.cookies, path
        assert "Cookie" in response["Vary"]
    assert late.get(SECURITY)["Location"].startswith(SIGN_IN)
    assert agent.get("/en/desk/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_several_pages_beside_a_proof_none_is_unreadable_and_the_session_goes_on(agent):
    key, start = agent.cookies[COOKIE].value, Barrier(5)

    def ask(number):
        tab = Client()
        tab.cookies[COOKIE] = key
        start.wait()
        try:
            return tab.post(PROVE, {"code": code_now()}) if number == 0 else tab.get("/en/desk/")
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        proof, *pages = pool.map(ask, range(5))
    assert proof.status_code == 302
    assert {page.status_code for page in pages} <= {200, 302}
    assert [page for page in pages if COOKIE in page.cookies] == []
    agent.cookies[COOKIE] = proof.cookies[COOKIE].value
    assert agent.get("/en/desk/").status_code == 200
