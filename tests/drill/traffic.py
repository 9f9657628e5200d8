"""People who go on complaining, with a file each: `python -m tests.drill.traffic JOURNAL`.

What the database confirmed is noted with the moment at which it was, so that the drill can tell what is lost.
"""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import argparse
import time
from pathlib import Path
from uuid import uuid4

import django

django.setup()

from django.db import transaction

from complaints.operations import submit_complaint
from complaints.operations.submit_complaint import Statement
from members.actors import GUEST
from slas.queries import database_now
from tests.files.kept import kept

BREATHER = 0.05  # s


def main() -> None:
    """Complain until somebody ends this."""
    parser = argparse.ArgumentParser(prog="python -m tests.drill.traffic", description=__doc__)
    parser.add_argument("journal", type=Path)
    with parser.parse_args().journal.open("a", buffering=1) as journal:
        while True:
            with transaction.atomic():
                statement = Statement(narrative=f"Nobody answered {uuid4()}.", email=f"{uuid4().hex}@example.org")
                complaint = submit_complaint(actor=GUEST, at=database_now(), statement=statement)
                kept(uuid4().bytes * 4096, complaint=complaint)
            journal.write(f"{complaint.pk} {time.time()}\n")
            time.sleep(BREATHER)


if __name__ == "__main__":
    main()
