"""What the tests of oversight share."""

import pytest

from members.actors import Role
from tests.complaints.conftest import policies  # noqa: F401 -- a fixture
from tests.people import actor_of, staff


@pytest.fixture
def agent(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    """Return an agent."""
    return actor_of(staff(Role.AGENT, name="Ana Lee"))


@pytest.fixture
def officer(db):  # noqa: ARG001 -- the same
    """Return a privacy officer."""
    return actor_of(staff(Role.PRIVACY_OFFICER, name="Noor Haddad"))


@pytest.fixture
def auditor(db):  # noqa: ARG001 -- the same
    """Return an auditor."""
    return actor_of(staff(Role.AUDITOR, name="Ivo Bell"))
