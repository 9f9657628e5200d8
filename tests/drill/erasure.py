"""One erasure in the stack of a drill: `python -m tests.drill.erasure make`, and after the backup `… erase`."""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import json
import sys

import django

django.setup()

from complaints.retention.work import erase_listed
from members.actors import Role
from members.privacy.file_storage import object_name
from slas.queries import database_now
from tests.files.kept import kept
from tests.intake.papers import PDF
from tests.people import actor_of, staff
from tests.retention.old import confirmed, over


def make() -> None:
    """Have a complaint with a file whose time is over, and say its id and the file's name in the store."""
    complaint = over(actor_of(staff(Role.AGENT)), narrative="They kept my marmalade invoice.")
    file = kept(PDF, complaint=complaint)
    json.dump({"complaint": str(complaint.pk), "file": object_name(file.pk).rpartition("/")[2]}, sys.stdout)


def erase() -> None:
    """Erase what is due, as two people have asked and confirmed; it is that one."""
    officer, second = (actor_of(staff(Role.PRIVACY_OFFICER, name=name)) for name in ("Ola Berg", "Sam Field"))
    confirmed(officer, second)
    json.dump({"erased": erase_listed(at=database_now()).erased}, sys.stdout)


if __name__ == "__main__":
    {"make": make, "erase": erase}[sys.argv[1]]()
