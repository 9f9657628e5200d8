"""What production refuses to speak to: a database or a Valkey over the network whose certificate nobody verifies."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from config import env

OLD = {"TLSv1", "TLSv1.1"}


def verified_database(entry: dict[str, Any], name: str = "DATABASE_URL") -> dict[str, Any]:
    """Return the DATABASES entry, which speaks TLS 1.2 or newer with a verified server, or through a Unix socket.

    Raises Refused.
    """
    options = entry["OPTIONS"]
    hosts = (entry["HOST"] or env.text("PGHOST", "a host", default="/")).split(",")
    if all(host.startswith("/") for host in hosts) and "hostaddr" not in options:
        return entry
    if options.get("sslmode") != "verify-full" or options.get("ssl_min_protocol_version") in OLD:
        raise env.Refused(
            f"{name} reaches PostgreSQL over the network without verifying who answers. Add"
            " ?sslmode=verify-full&sslrootcert=/path/to/ca.pem (sslrootcert=system for a public certificate) and no TLS"
            " below 1.2; or use a folder of sockets on this machine."
        )
    return entry | {"OPTIONS": {"ssl_min_protocol_version": "TLSv1.2"} | options}


def verified_redis(address: str, name: str = "REDIS_URL") -> str:
    """Return the address, which speaks TLS with a verified server, or goes through a Unix socket. Raises Refused."""
    url = urlsplit(address)
    options = dict(parse_qsl(url.query))
    unverified = (
        options.get("ssl_cert_reqs", "required").lower() not in {"required", "cert_required"}
        or options.get("ssl_check_hostname", "true").lower() != "true"
    )
    if url.scheme == "unix" or (url.scheme == "rediss" and not unverified):
        return address
    raise env.Refused(
        f"{name} reaches Valkey over the network without verifying who answers. Use"
        " rediss://…?ssl_ca_certs=/path/to/ca.pem, and neither ssl_cert_reqs=none nor ssl_check_hostname=false; or"
        " unix:///path/to/socket on this machine."
    )
