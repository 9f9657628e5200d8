"""What every answer tells the browser to refuse."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


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


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
