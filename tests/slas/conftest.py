"""Fixtures of the deadline engine's tests."""

import pytest
from django.db import connection

COMMITTED = "slas_matter, slas_clock, slas_clockevent, slas_firing, slas_outbox, slas_sweeper"


@pytest.fixture
def committed(django_db_setup, django_db_blocker):  # noqa: ARG001 -- the database must be there
    """Let a test commit, as other sessions must see what it does, and empty afterwards what the engine writes to.

    This is pytest-django's transactional database without its flush, which empties every table of the house.
    """
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {COMMITTED} CASCADE")
