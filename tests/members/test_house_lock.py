"""While a restore holds the house alone, no connection of a program is let in, whoever makes it."""

import psycopg
import pytest
from django.db import connection

from config.celery import app
from members.house_lock import ALONE, RestoreUnderWay
from members.privacy.key_records import _own_connection
from slas.timer import Relay


@pytest.fixture
def restore(transactional_db):  # noqa: ARG001 -- or the test would be in the house itself
    """A connection that holds the house alone, as a restore does."""
    params = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    connection.close()
    with psycopg.connect(**params) as alone:
        assert alone.execute(ALONE).fetchone() == (True,)
        yield alone


@pytest.mark.parametrize("connect", [Relay(app).connect, _own_connection, connection.connect])
@pytest.mark.usefixtures("restore")
def test_timer_records_of_keys_and_requests_are_turned_away(connect):
    with pytest.raises(RestoreUnderWay, match="A backup is being restored into this database"):
        connect()
