"""What all tests share: the real database, with its append-only tables made cleanable."""

from ipaddress import IPv4Address
from uuid import uuid4

import pytest
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.test import Client
from django.test.utils import override_settings, setup_databases, teardown_databases
from hypothesis import settings

from members.accounts import throttle
from slas import versions

settings.register_profile("house", deadline=None)  # speed is measured in benchmarks, never in tests
settings.load_profile("house")

UNEMPTIED = (
    *(f"audit_{table}" for table in ("event", "checkpoint", "leaf")),
    *(f"disclosures_{table}" for table in ("consent", "withdrawal", "disclosure", "correction")),
    *(f"retention_{table}" for table in ("erasure", "hold")),
)


@pytest.fixture
def client():
    """A browser in a network of its own: what is counted there outlives a test."""
    return Client(REMOTE_ADDR=str(IPv4Address(0x0A000000 + uuid4().int % 0x1000000)))


@pytest.fixture
def valkey_away(settings):
    """Let nothing be counted while the test runs: nobody listens at the address of Valkey."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    throttle.valkey.cache_clear()
    yield
    throttle.valkey.cache_clear()
    throttle.outage.is_known = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, django_db_keepdb, django_db_createdb):  # noqa: ARG001 -- extends it
    """Let tests that commit clean up after themselves: the audit trail refuses TRUNCATE, which is how they do it.

    pytest-django makes the test database only if a test is marked with `django_db`. Those that use `committed` are not,
    and must never find themselves on the real one.
    """
    with django_db_blocker.unblock():
        made = []
        if not str(connection.settings_dict["NAME"]).startswith(TEST_DATABASE_PREFIX):
            keep = django_db_keepdb and not django_db_createdb
            made = setup_databases(verbosity=0, interactive=False, keepdb=keep, aliases={"default"})
        with connection.cursor() as cursor:
            for table in UNEMPTIED:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
    yield
    if made and not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def files_folder(tmp_path_factory):
    """Keep the files of tests in a folder of the test run."""
    with override_settings(FILES_FOLDER=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture
def fresh_shelf():
    """Let a process know no version before and after, as one that has just started: the test publishes some."""
    versions.forget()
    yield
    versions.forget()
