"""Reads the environment into typed values; what is missing or malformed is refused in one sentence that says the cure.

Settings call these functions and nothing else reads `os.environ`. No secret has a default here or in the settings:
`make run` makes its own (config/stack), a production host gets them from its secret store.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class Refused(ImproperlyConfigured):
    """A variable is missing or malformed; `str()` is one sentence that names it and says the cure."""


def text(name: str, how: str, *, default: str | None = None) -> str:
    """Return the variable `name`. `how` finishes the sentence "Set it to …". Raises Refused if missing."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        message = f"{name} is not set. Set it to {how}. (`make run` needs nothing set, it makes its own.)"
        raise Refused(message)
    return value


def number(name: str, how: str, *, default: int | None = None) -> int:
    """Return the variable `name` as a whole number."""
    value = text(name, how, default=None if default is None else str(default))
    try:
        return int(value)
    except ValueError:
        raise _malformed(name, how) from None


def flag(name: str, *, default: bool) -> bool:
    """Return the variable `name` as a yes or no."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise _malformed(name, "yes or no")
    return value in TRUE


def words(name: str, how: str, *, default: str | None = None) -> list[str]:
    """Return the comma-separated variable `name` as a list without empty entries."""
    return [part.strip() for part in text(name, how, default=default).split(",") if part.strip()]


def amounts(name: str, how: str, *, default: str | None = None) -> dict[str, int]:
    """Return the variable `name`, comma-separated `word=number`, as a table of whole numbers from 1 on."""
    found = {}
    for entry in words(name, how, default=default):
        word, _sign, number = (part.strip() for part in entry.partition("="))
        if not (word and number.isdecimal() and int(number)):
            raise _malformed(name, how)
        found[word] = int(number)
    return found


def path(name: str, how: str, *, default: Path | None = None) -> Path:
    """Return the variable `name` as an absolute path; a relative one starts at the working directory."""
    return Path(text(name, how, default=None if default is None else str(default))).absolute()


def database(name: str = "DATABASE_URL") -> dict[str, Any]:
    """Return Django's DATABASES entry for `postgresql://user:password@host:port/name?option=value`.

    As in libpq, `host`, `port`, `user`, `password` and `dbname` may also stand in the query, so that a folder of Unix
    sockets can be named: `postgresql:///redress?host=%2Frun%2Fpostgresql`. Every other option goes to libpq untouched.
    """
    how = "postgresql://user:password@host:5432/name (a folder of sockets: postgresql:///name?host=/run/postgresql)"
    url = _url(name, how, schemes={"postgresql", "postgres"})
    options = dict(parse_qsl(url.query))
    entry = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": options.pop("dbname", unquote(url.path.lstrip("/"))),
        "USER": options.pop("user", unquote(url.username or "")),
        "PASSWORD": options.pop("password", unquote(url.password or "")),
        "HOST": options.pop("host", unquote(url.hostname or "")),
        "PORT": options.pop("port", str(url.port or "")),
        "OPTIONS": options,
    }
    if not entry["NAME"]:
        raise _malformed(name, how)
    return entry


def redis(name: str = "REDIS_URL") -> str:
    """Return the address of Redis or Valkey as redis-py wants it: redis://, rediss:// or unix:///path?db=0."""
    how = "redis://host:6379/0, rediss://… with TLS, or unix:///path/to/socket?db=0"
    url = _url(name, how, schemes={"redis", "rediss", "unix", "redis+socket"})
    if url.scheme in {"redis", "rediss"}:
        return url.geturl()
    options = dict(parse_qsl(url.query))
    options["db"] = options.pop("virtual_host", options.get("db", "0"))
    return f"unix://{url.path}?{urlencode(options)}"  # not geturl(): it would drop the empty host and its slashes


def broker(name: str = "REDIS_URL") -> str:
    """Return the same address as Celery wants it: a socket is redis+socket:///path?virtual_host=0 there.

    With TLS, Celery verifies nobody unless it is told to; redis-py does by itself.
    """
    address = redis(name)
    url = urlsplit(address)
    options = dict(parse_qsl(url.query))
    if url.scheme == "rediss":
        return url._replace(query=urlencode({"ssl_cert_reqs": "required"} | options)).geturl()
    if url.scheme == "redis":
        return address
    options["virtual_host"] = options.pop("db")
    return f"redis+socket://{url.path}?{urlencode(options)}"


def files(name: str) -> dict[str, Any]:
    """Return Django's STORAGES entry for sealed files: a folder, or the bucket that the variable `name` names.

    The bucket is `name@region`, or the same behind the address of another store that speaks S3:
    `https://store.example.org/name@region`.
    """
    how = "bucket@region, or https://store.example.org/bucket@region"
    address = text(name, how, default="")
    if not address:
        return {"BACKEND": "members.privacy.file_storage.SealedFolder"}
    endpoint, _slash, rest = address.rpartition("/")
    bucket, _at, region = rest.partition("@")
    if not bucket or not region or (endpoint and not endpoint.startswith(("https://", "http://"))):
        raise _malformed(name, how)
    options = {"bucket_name": bucket, "region_name": region, "endpoint_url": endpoint or None}
    return {"BACKEND": "members.privacy.file_bucket.SealedBucket", "OPTIONS": options}


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over; the fields are those of Django's EMAIL_* settings."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool


def email(name: str = "EMAIL_URL") -> MailServer:
    """Return the server in smtp://, smtp+tls:// (STARTTLS) or smtps:// (TLS from the first byte)."""
    how = "smtp://host:25, smtp+tls://user:password@host:587 or smtps://user:password@host:465"
    url = _url(name, how, schemes={"smtp", "smtp+tls", "smtps"})
    if not url.hostname:
        raise _malformed(name, how)
    return MailServer(
        host=url.hostname,
        port=url.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[url.scheme],
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        use_tls=url.scheme == "smtp+tls",
        use_ssl=url.scheme == "smtps",
    )


def _url(name: str, how: str, *, schemes: set[str]) -> SplitResult:
    try:
        url = urlsplit(text(name, how))
        _ = url.port  # urlsplit checks the port only when it is read
    except ValueError:
        raise _malformed(name, how) from None
    if url.scheme not in schemes:
        raise _malformed(name, how)
    return url


def _malformed(name: str, how: str) -> Refused:
    """Never repeat the value: it may hold a password."""
    return Refused(f"{name} cannot be used as it is. Set it to {how}.")
