"""Where somebody comes from and where to send them on."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from members.actors import Actor
from members.privacy.blind_index import blind_index

LONGEST_PATH = 2000
"""Our own are a tenth of it; what is longer is not even looked at."""
OF_ONE_CUSTOMER = 64
"""So many bits of an IPv6 address belong to one customer's network; the others anybody changes at will."""


def own_path(candidate: str | None) -> str | None:
    """Return the path if it is one of this site's own pages, else None: `next` leads nowhere else."""
    if (
        not candidate
        or len(candidate) > LONGEST_PATH
        or not url_has_allowed_host_and_scheme(candidate, allowed_hosts=None)
    ):
        return None
    path = candidate.partition("?")[0].partition("#")[0]
    try:
        resolve(path)
    except Resolver404:
        return None
    return candidate


def landing_path(actor: Actor) -> str:
    """Return where the actor's work begins: the first row of settings.LANDING_PAGES whose role the actor holds."""
    for role, url_name in named_in_settings(settings.LANDING_PAGES):
        if actor.has(role):
            return reverse(url_name)
    return "/"


def with_query(url_name: str, **query: str | None) -> str:
    """Return the path of a URL with those of the query's entries that have a value."""
    entries = {name: value for name, value in query.items() if value}
    return reverse(url_name) + ("?" + urlencode(entries) if entries else "")


def client_address(request: HttpRequest) -> str:
    """Return the address that the client is counted by, behind as many proxies as settings.TRUSTED_PROXIES says.

    Each proxy appends the address it was called from, so only the last ones of the header can be believed. Of IPv6 it
    is the network of 64 bits, written as its first address.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies = settings.TRUSTED_PROXIES
    return _counted(hops[-proxies] if 0 < proxies <= len(hops) else request.META["REMOTE_ADDR"])


def _counted(address: str) -> str:
    """Return an IPv4 address as it is, however it is wrapped, and of IPv6 the network; a socket's name stays."""
    try:
        parsed = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, OF_ONE_CUSTOMER), strict=False).network_address)


def network_of(request: HttpRequest) -> str:
    """Return the index of the network that the client calls from, /24 of IPv4 and /48 of IPv6.

    It tells whether two networks are the same, and names none.
    """
    try:
        address = ip_address(client_address(request))
    except ValueError:  # a proxy may write "unknown"
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    network = ip_network((address, 24 if isinstance(address, IPv4Address) else 48), strict=False)
    return blind_index("accounts.session.network", str(network)).hex()


def named_in_settings(value: Any) -> Any:
    """Return what a setting holds, or what its dotted path names: tables of the configuration import upper layers."""
    return import_string(value) if isinstance(value, str) else value
