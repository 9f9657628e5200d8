"""Checklist 25: what opens an account for who has it is in no log, whatever becomes of the request."""

import logging

import pytest
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone

from members.accounts.links import make_token
from members.accounts.signals import LinkKind
from members.registration_links import make_registration_token
from tests.config.test_log_lines import lines  # noqa: F401 -- the fixture
from tests.people import member, member_account

pytestmark = pytest.mark.django_db


def of_a_reset():
    return "accounts:reset", "/en/account/reset/", make_token(member_account(), LinkKind.RESET)


def of_a_registration():
    return "accounts:registration", "/en/account/register/", make_registration_token(member().pk, at=timezone.now())


@pytest.mark.parametrize("link", [of_a_reset, of_a_registration])
def test_a_refused_password_logs_the_name_of_the_page_and_not_the_link(client, lines, link):  # noqa: F811
    name, path, token = link()
    assert client.post(f"{path}{token}/", {"password": "short"}).status_code == 422
    assert lines()[-1].endswith(f"WARNING django.request: Unprocessable Entity: {name}")
    assert token.split(":")[-1] not in "\n".join(lines())


@pytest.mark.parametrize("link", [of_a_reset, of_a_registration])
def test_the_page_of_a_link_hands_its_path_to_no_other_page(client, link):
    _, path, token = link()
    assert client.get(f"{path}{token}/")["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize("link", [of_a_reset, of_a_registration])
def test_neither_does_a_form_from_elsewhere_a_broken_link_or_a_fault(lines, link):  # noqa: F811
    _, path, token = link()
    Client(enforce_csrf_checks=True).post(f"{path}{token}/", {"password": "short"})
    Client().get(f"/en/acount/{token}/?again={token}")
    Client().delete(f"{path}{token}/?again={token}")
    try:
        raise ValueError(f"{path}{token}")  # noqa: TRY301 -- it is what is logged
    except ValueError:
        logging.getLogger("members").exception("failed at %s", f"{path}{token}")
    written = "\n".join(lines())
    assert written.count("WARNING") == 3
    assert "(no page of ours)" in written
    assert token.split(":")[-1] not in written


def test_what_any_other_library_logs_holds_nothing_that_is_signed(lines):  # noqa: F811
    token = TimestampSigner(salt="any").sign("0" * 32)
    logging.getLogger("gunicorn.access").info('"GET /en/status/%s HTTP/1.1" 200', token.replace(":", "%3A"))
    logging.getLogger("members").warning("seen at %s, %s", timezone.now().isoformat(), token)
    assert token.split(":")[-1] not in "\n".join(lines())
    assert "(token)" in lines()[-1]
