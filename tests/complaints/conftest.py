"""What the tests of complaints share."""

import pytest

from members.actors import Role
from slas.models import PolicyVersion
from slas.operations import publish_policies
from tests.people import actor_of, sign_in, staff


@pytest.fixture
def policies(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    """Publish the house policy, unless it is there from the test before."""
    if not PolicyVersion.objects.exists():
        publish_policies()


@pytest.fixture
def agent(db):  # noqa: ARG001 -- the same
    """Return an agent."""
    return actor_of(staff(Role.AGENT, name="Ana Lee"))


@pytest.fixture
def lead(db):  # noqa: ARG001 -- the same
    """Return a team lead."""
    return actor_of(staff(Role.LEAD, name="Dana Ruiz"))


@pytest.fixture
def officer(db):  # noqa: ARG001 -- the same
    """Return a privacy officer."""
    return actor_of(staff(Role.PRIVACY_OFFICER, name="Noor Haddad"))


@pytest.fixture
def desk(client):
    """Return a browser in which an agent is signed in; `desk.actor` is who."""
    client.actor = actor_of(sign_in(client, staff(Role.AGENT, name="Ana Lee")))
    return client
