"""Where requests come from, and where people are sent on."""

import pytest
from django.test import RequestFactory

from members.accounts.audiences import staff
from members.accounts.places import client_address, landing_path, own_path
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
    ("seen", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("[2001:db8:1:2::7]", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9", "203.0.113.9"),
        ("", ""),
    ],
)
def test_an_ipv6_address_is_counted_by_the_network_of_its_customer(seen, counted):
    """Who has one such address has 18 quintillions of them."""
    assert client_address(RequestFactory(REMOTE_ADDR=seen).get("/")) == counted


@pytest.mark.parametrize("path", ["/en/signed-in/?a=" + "x" * 2000, "//" + "\ufdfa" * 1_000_000])
def test_a_way_onward_that_no_page_of_ours_has_is_not_looked_at(path):
    assert own_path(path) is None


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
