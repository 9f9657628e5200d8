"""What the tests of causes and CAPAs share."""

import pytest

from members.actors import Role
from slas.models import PolicyVersion
from slas.operations import publish_policies
from tests.people import actor_of, staff


@pytest.fixture(autouse=True)
def policies(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    """Publish the house policy, unless it is there from the test before."""
    if not PolicyVersion.objects.exists():
        publish_policies()


@pytest.fixture
def manager():
    """Return a quality manager."""
    return actor_of(staff(Role.QUALITY_MANAGER, name="Q. Manager"))


@pytest.fixture
def approver():
    """Return another quality manager, without whom the first could own no CAPA."""
    return actor_of(staff(Role.QUALITY_MANAGER, name="A. Nother"))


@pytest.fixture
def owner():
    """Return the lead who owns CAPAs."""
    return actor_of(staff(Role.LEAD, name="O. Wner"))
