"""Checklist 20: in production nobody is spoken to over the network without TLS and a verified certificate."""

import os
import ssl
import subprocess
import sys
from types import SimpleNamespace

import pytest
from kombu import Connection
from kombu.transport.redis import Channel
from redis import Redis

from config import env, tls
from config.stack.layout import ROOT

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "REDRESS_TRUSTED_PROXIES": "1",
    "REDRESS_ERASURE_LEDGER": "/mnt/ledger",
}
FULL = "sslmode=verify-full&sslrootcert=/ca.pem"


def database(monkeypatch, url: str) -> dict:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.delenv("PGHOST", raising=False)
    return tls.verified_database(env.database())


def redis(monkeypatch, url: str) -> str:
    monkeypatch.setenv("REDIS_URL", url)
    return tls.verified_redis(env.redis())


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://app:pw@db.example/redress?{FULL}",
        f"postgresql://app:pw@db.example/redress?{FULL}&ssl_min_protocol_version=TLSv1.3",
        "postgresql:///redress?host=%2Frun%2Fpostgresql",
        "postgresql:///redress",
    ],
)
def test_a_verified_database_or_one_on_this_machine_is_taken(monkeypatch, url):
    options = database(monkeypatch, url)["OPTIONS"]
    assert options.get("ssl_min_protocol_version") in ({"TLSv1.2", "TLSv1.3"} if "verify-full" in url else {None})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:hunter2@db.example/redress",
        "postgresql://app:hunter2@127.0.0.1/redress",
        "postgresql://app:hunter2@db.example/redress?sslmode=require",
        "postgresql://app:hunter2@db.example/redress?sslmode=verify-ca",
        "postgresql://app:hunter2@db.example/redress?sslmode=disable",
        f"postgresql://app:hunter2@db.example/redress?{FULL}&ssl_min_protocol_version=TLSv1.1",
        "postgresql:///redress?host=%2Frun,db.example&password=hunter2",
        "postgresql:///redress?host=%2Frun&hostaddr=10.0.0.7&password=hunter2",
    ],
)
def test_a_database_that_nobody_verifies_is_refused(monkeypatch, url):
    with pytest.raises(env.Refused, match="DATABASE_URL reaches PostgreSQL over the network without") as refused:
        database(monkeypatch, url)
    assert "hunter2" not in str(refused.value)


def test_a_host_that_libpq_would_take_from_elsewhere_counts_too(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///redress")
    monkeypatch.setenv("PGHOST", "db.example")
    with pytest.raises(env.Refused, match="over the network"):
        tls.verified_database(env.database())


@pytest.mark.parametrize(
    "url", ["rediss://:pw@cache:6380/0", "rediss://cache/0?ssl_cert_reqs=required", "unix:///v.sock"]
)
def test_a_verified_valkey_or_one_on_this_machine_is_taken(monkeypatch, url):
    assert redis(monkeypatch, url) == env.redis()


@pytest.mark.parametrize(
    "url",
    [
        "redis://:hunter2@cache:6379/0",
        "redis://127.0.0.1/0",
        "rediss://:hunter2@cache/0?ssl_cert_reqs=none",
        "rediss://:hunter2@cache/0?ssl_cert_reqs=optional",
        "rediss://:hunter2@cache/0?ssl_check_hostname=false",
    ],
)
def test_a_valkey_that_nobody_verifies_is_refused(monkeypatch, url):
    with pytest.raises(env.Refused, match="REDIS_URL reaches Valkey over the network without") as refused:
        redis(monkeypatch, url)
    assert "hunter2" not in str(refused.value)


def test_both_clients_of_valkey_verify_the_certificate_and_the_name(monkeypatch):
    """Celery verifies nobody by itself: the address has to tell it."""
    address = redis(monkeypatch, "rediss://:pw@cache:6380/0")
    ours = Redis.from_url(address).connection_pool.make_connection()
    assert (ours.cert_reqs, ours.check_hostname) == (ssl.CERT_REQUIRED, True)

    asked = Channel._connparams(_channel_of(env.broker()))
    theirs = asked.pop("connection_class")(**{name: value for name, value in asked.items() if name.startswith("ssl")})
    assert (theirs.cert_reqs, theirs.check_hostname) == (ssl.CERT_REQUIRED, True)


def _channel_of(url: str) -> Channel:
    class Unconnected(Channel):
        def __init__(self) -> None:
            self.connection = SimpleNamespace(client=Connection(url))

        def __del__(self) -> None:
            """There is nothing to close."""

    return Unconnected()


@pytest.mark.parametrize(
    "unverified",
    [{"DATABASE_URL": "postgresql://app@db.example/redress"}, {"REDIS_URL": "redis://cache:6379/0"}],
    ids=["database", "Valkey"],
)
def test_production_does_not_start_with_either(unverified):
    (name,) = unverified
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=os.environ | PRODUCTION | unverified,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Redress: {name} reaches ")
