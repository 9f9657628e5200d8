"""What the tests of retention have in common."""

import pytest

from members.actors import Role
from tests.complaints.conftest import agent, policies
from tests.people import actor_of, staff

__all__ = ("agent", "policies")


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    """A ledger of the test's own."""
    settings.ERASURE_LEDGER = str(tmp_path / "erasure.ledger")
    return tmp_path / "erasure.ledger"


@pytest.fixture
def officer(db):  # noqa: ARG001 -- the account is written there
    """Return a privacy officer."""
    return actor_of(staff(Role.PRIVACY_OFFICER, name="Ola Berg"))


@pytest.fixture
def second(db):  # noqa: ARG001 -- the same
    """Return another privacy officer."""
    return actor_of(staff(Role.PRIVACY_OFFICER, name="Sam Field"))
