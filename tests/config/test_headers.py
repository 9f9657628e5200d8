"""What every answer tells the browser to refuse."""

from importlib import import_module

import pytest
from django.conf import settings
from django.urls import reverse

from tests.intake import walk
from tests.people import PASSWORD, an_email, member_account

pytestmark = pytest.mark.django_db
OUR_COOKIES = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DRAFT_COOKIE_NAME")


def test_a_page_forbids_everything_but_its_own_origin(client):
    """Checklist 27 and 28."""
    headers = client.get(reverse("accounts:sign_in")).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))

    assert policy.pop("default-src") == policy.pop("frame-ancestors") == policy.pop("base-uri") == "'none'"
    assert policy.pop("report-uri") == "/csp-reports"
    assert set(policy.values()) == {"'self'"}
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client):
    """Checklist 28."""
    cookie = client.get(reverse("accounts:sign_in")).cookies["csrftoken"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_in_production_cookies_belong_to_this_host_alone_and_travel_encrypted(monkeypatch):
    """Checklist 28."""
    monkeypatch.setenv("REDRESS_TRUSTED_PROXIES", "1")
    monkeypatch.setenv("REDRESS_ERASURE_LEDGER", "/mnt/ledger")
    production = import_module("config.settings.production")
    assert all(getattr(production, name).startswith("__Host-") for name in OUR_COOKIES)
    assert production.SESSION_COOKIE_SECURE
    assert production.CSRF_COOKIE_SECURE
    assert not hasattr(production, "SESSION_COOKIE_DOMAIN"), "a __Host- cookie must not name a domain"
    assert (production.SECURE_HSTS_SECONDS, production.SECURE_SSL_REDIRECT) == (365 * 24 * 3600, True)


def test_there_are_no_cookies_but_those_that_belong_to_this_host_and_none_holds_words(client):
    """Checklist 28: whatever a journey sets, by whichever part of the frame."""
    names = {getattr(settings, name) for name in OUR_COOKIES}
    email, found = an_email(), {}
    member_account(email=email)

    def keep(response):
        found.update(response.cookies)
        return response

    keep(walk.answer(client, "who"))
    keep(client.post(reverse("accounts:sign_in"), {"email": email, "password": PASSWORD}))
    keep(client.post(reverse("accounts:end_sessions")))
    page = keep(client.get(reverse("accounts:security")))
    assert b"Signed out in 0 places." in page.content
    keep(client.get(reverse("accounts:password")))
    assert set(found) == names
    for name, cookie in found.items():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name
        assert "Signed" not in cookie.value


@pytest.mark.parametrize("path", ["/", "/en/", "/en/complaints/new/who/", "/health/live", "/en/nothing/"])
def test_every_answer_carries_the_headers_a_browser_needs(client, path):
    """Checklist 28."""
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
