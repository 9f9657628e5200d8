"""What keeps a session alive, and what its answers leave behind in a browser."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.access import URL_AUDIENCES
from members.accounts.audiences import ANYONE
from members.actors import GUEST, Role
from tests.members.accounts.door import PROVE, SECURITY, SIGN_IN, SIGN_OUT
from tests.people import code_now, member_account, sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _whole_site(settings):
    """Serve the whole site: reports of a browser are part of it."""
    settings.ROOT_URLCONF = "config.urls"
    settings.URL_AUDIENCES = "config.access.URL_AUDIENCES"
    settings.LANDING_PAGES = "config.access.LANDING_PAGES"


def seen(client, *, idle=5):
    """Let the last sign of life lie back some minutes; return when it was."""
    session = client.session
    session["seen_at"] = timezone.now().timestamp() - idle * 60
    session.save()
    return session["seen_at"]


def test_a_form_that_another_site_sent_keeps_no_session_alive():
    """Checklist 29."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, staff(Role.AGENT))
    before = seen(client)
    for path in ("/en/account/stay/", "/en/account/security/password/", "/en/account/security/sessions/end/"):
        assert client.post(path).status_code == 403
    assert client.session["seen_at"] == before


def test_a_form_of_another_site_that_is_sent_on_to_a_fresh_proof_keeps_no_session_alive():
    """Checklist 29: the gate answers before anybody has looked for the token."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(minutes=11))
    before = seen(client)
    assert client.post("/en/account/security/password/")["Location"].startswith("/en/account/prove/")
    assert client.session["seen_at"] == before


def test_a_browsers_own_report_keeps_no_session_alive(client):
    sign_in(client, staff(Role.AGENT))
    before = seen(client)
    report = json.dumps({"csp-report": {"effective-directive": "img-src", "blocked-uri": "data"}})
    assert client.post("/csp-reports", report, content_type="application/csp-report").status_code == 204
    assert client.get("/health/live").status_code == 200
    assert client.session["seen_at"] == before


def test_what_is_refused_or_not_there_keeps_no_session_alive(client):
    sign_in(client, staff(Role.AGENT))
    before = seen(client)
    assert client.get("/people/").status_code == 403
    assert client.get("/en/nothing/").status_code == 404
    assert client.session["seen_at"] == before


@pytest.mark.parametrize(
    "press", [lambda client: client.get(SECURITY), lambda client: client.post("/en/account/stay/")]
)
def test_what_somebody_looks_at_or_presses_keeps_it_alive(client, press):
    """Checklist 9."""
    sign_in(client, staff(Role.AGENT))
    before = seen(client)
    assert press(client).status_code == 200
    assert client.session["seen_at"] > before


def test_what_somebody_has_typed_wrong_keeps_it_alive_too(client):
    sign_in(client, staff(Role.AGENT))
    before = seen(client)
    assert client.post("/en/account/security/password/", {"password": "short"}).status_code == 422
    assert client.session["seen_at"] > before


def on_a_new_network(client):
    """Let the session move, as a stolen one does; return its last sign of life."""
    before = seen(client)
    client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    return before


def test_staff_on_a_network_that_is_not_proven_keep_no_session_alive(client):
    """Checklist 9: neither a press of "Stay signed in" nor any page for everybody does, only a factor."""
    sign_in(client, staff(Role.AGENT))
    before = on_a_new_network(client)
    assert client.post("/en/account/stay/").json()["left"] <= 10 * 60
    for path in (reverse("public:home"), PROVE, reverse("intake:start")):
        client.get(path)
    assert client.post(PROVE, {"code": "12"}).status_code == 422
    assert client.session["seen_at"] == before
    assert client.post(PROVE, {"code": code_now()}).status_code == 302
    assert client.session["seen_at"] > before
    assert client.post("/en/account/stay/").json()["left"] == 15 * 60


def test_staff_on_a_network_that_is_not_proven_are_nobody_on_pages_for_everybody(client):
    user = sign_in(client, staff(Role.AGENT))
    for name in ("public:home", "intake:start"):
        assert URL_AUDIENCES[name] is ANYONE
        assert client.get(reverse(name)).wsgi_request.actor.user_id == user.pk
    on_a_new_network(client)
    for name in ("public:home", "intake:start"):
        assert client.get(reverse(name)).wsgi_request.actor == GUEST


def test_members_keep_their_session_alive_on_any_network(client):
    sign_in(client, member_account())
    before = on_a_new_network(client)
    assert client.post("/en/account/stay/").json()["left"] == 20 * 60
    assert client.session["seen_at"] > before


def test_staff_end_their_session_on_any_network(client):
    user = sign_in(client, staff(Role.AGENT))
    on_a_new_network(client)
    client.post(SIGN_OUT)
    assert not user.sessions.exists()


@pytest.mark.parametrize("path", ["forgot/", "reset/token/", "register/", "register/token/", "sign-in/"])
def test_pages_with_tokens_and_passwords_are_kept_in_no_cache(client, path):
    """Checklist 28."""
    assert client.get(f"/en/account/{path}")["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("idle", "hours"), [(16, 0), (1, 9)], ids=["idle", "absolute"])
def test_where_a_session_has_run_out_nothing_of_it_stays_in_the_browser(client, idle, hours):
    """Checklist 28."""
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(hours=hours))
    seen(client, idle=idle)
    response = client.get("/desk/")
    assert response["Location"].startswith(SIGN_IN)
    assert response["Cache-Control"] == "no-store"
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get(response["Location"])
