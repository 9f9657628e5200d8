"""A second house beside the running one, to restore into: a database on its server, and folders of its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from tests.browser.stack import RunningStack

OPEN_ALL = """
from django.utils import timezone
from complaints.files.store import read_whole
from complaints.models import Enclosure
from members.actors import SYSTEM
from members.privacy.access import phi_access
rows = Enclosure.objects.unscoped("test").filter(key__isnull=False)
with phi_access(actor=SYSTEM, purpose="test", at=timezone.now()):
    print(sum(len(read_whole(row)) == row.size for row in rows), len(rows))
"""


@contextmanager
def empty_house(stack: RunningStack, folder: Path, *, ring: Path) -> Iterator[RunningStack]:
    """Give a stack without programs: an empty database, empty folders, and this ring."""
    name = f"restored_{folder.name.replace('-', '_')}"
    own = {
        "DATABASE_URL": re.sub(r"^(\w+://[^/]*/)[^?]*", rf"\g<1>{name}", stack.environment["DATABASE_URL"]),
        "REDRESS_FILES_FOLDER": str(folder / "files"),
        "REDRESS_AUDIT_ANCHOR": str(folder / "anchor"),
        "REDRESS_ERASURE_LEDGER": str(folder / "ledger"),
        "REDRESS_KEYRING_FILE": str(ring),
    }
    Path(own["REDRESS_ERASURE_LEDGER"]).touch()
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield replace(stack, folder=folder, environment=stack.environment | own)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def files_that_open(house: RunningStack) -> tuple[int, int]:
    """Return how many files open to their last byte, and how many there are."""
    opened, there = house.manage("shell", "-c", OPEN_ALL).split()[-2:]
    return int(opened), int(there)
