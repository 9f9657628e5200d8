"""The screens of quality are tested with the people and policies of CAPAs."""

import pytest

from members.actors import Role
from tests.capa.conftest import manager, owner, policies  # noqa: F401 -- fixtures
from tests.people import sign_in, staff


@pytest.fixture
def quality_manager():
    """Return the account of a quality manager."""
    return staff(Role.QUALITY_MANAGER, name="Priya Nair")


@pytest.fixture
def signed_in(client, quality_manager):
    """Return a browser in which a quality manager is signed in."""
    sign_in(client, quality_manager)
    return client
