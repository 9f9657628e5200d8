"""Erases what is due, by two people: `python -m tests.members.backup.erasing`. Prints the complaints' keys as JSON."""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import json
import sys

import django

django.setup()

from complaints.retention.models import Erasure
from complaints.retention.work import erase_listed
from members.actors import Role
from slas.queries import database_now
from tests.people import actor_of, staff
from tests.retention.old import confirmed


def main() -> None:
    """Ask for a list of all that is due, confirm it, and erase it."""
    confirmed(actor_of(staff(Role.PRIVACY_OFFICER)), actor_of(staff(Role.PRIVACY_OFFICER)))
    erase_listed(at=database_now())
    json.dump([str(key) for key in Erasure.objects.values_list("complaint_id", flat=True)], sys.stdout)


if __name__ == "__main__":
    main()
