"""Where requests come from, and where people are sent on."""

import pytest
from django.test import RequestFactory

from members.accounts.audiences import staff
from members.accounts.places import client_address, landing_path
from members.actors import GUEST, Actor, ActorKind, Role


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, None, "127.0.0.1"),
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, " , ", "127.0.0.1"),
    ],
)
def test_only_hops_written_by_own_proxies_are_believed(settings, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": header} if header else {}
    assert client_address(RequestFactory().get("/", headers=headers)) == address


@pytest.mark.parametrize(
    ("roles", "path"),
    [
        ({Role.QUALITY_MANAGER, Role.AGENT}, "/en/desk/"),
        ({Role.QUALITY_MANAGER}, "/en/quality/"),
        ({Role.AUDITOR}, "/"),
    ],
)
def test_people_land_where_their_first_role_works(roles, path):
    assert landing_path(Actor(ActorKind.USER, "Dana Ruiz", roles=frozenset(roles))) == path


def test_a_guest_lands_on_the_first_page():
    assert landing_path(GUEST) == "/"


def test_member_is_no_staff_role():
    with pytest.raises(ValueError, match="member is no staff role"):
        staff(Role.AGENT, Role.MEMBER)
