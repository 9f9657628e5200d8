"""Lays the scene of the browser tests, and tells a member's number besides, as who holds the card knows it."""

import json
from contextlib import redirect_stdout
from io import StringIO

from members.accounts.models import User
from members.actors import SYSTEM
from members.privacy.access import phi_access
from slas.queries import database_now
from tests.browser import scene


def lay(**emails: str) -> None:
    """Print what was made and `member_number` as JSON; see `tests.browser.scene.lay`."""
    with redirect_stdout(said := StringIO()):
        scene.lay(**emails)
    with phi_access(actor=SYSTEM, purpose="test", at=database_now()):
        number = User.objects.of_email(emails["member"]).get().member.member_number
    print(json.dumps(json.loads(said.getvalue().splitlines()[-1]) | {"member_number": number}))  # noqa: T201 -- so it tells
