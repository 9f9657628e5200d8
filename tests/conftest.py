"""What all tests share: the real database, with its append-only tables made cleanable."""

import pytest
from django.db import connection
from hypothesis import settings

settings.register_profile("house", deadline=None)  # speed is measured in benchmarks, never in tests
settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):  # noqa: ARG001 -- extends the fixture it is named after
    """Let tests that commit clean up after themselves: the audit trail refuses TRUNCATE, which is how they do it."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_truncate")
