"""Fills a database with made-up history through the import: `python -m tests.drill.history NUMBER`.

One complaint in twenty has a file, half a megabyte on the average and eight at most.
"""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import secrets
import sys
from itertools import count, cycle

import django

django.setup()

from django.db import transaction
from django.utils import timezone

from complaints.history.import_history import BATCH, HistoryImport
from complaints.history.lines import batches
from complaints.history.sources import read_source
from complaints.models import Complaint
from tests.files.kept import kept
from tests.history.records import line

ONE_IN = 20
KB = 1024
SIZES = [80 * KB] * 12 + [400 * KB] * 5 + [1000 * KB, 2000 * KB, 8000 * KB]


def main() -> None:
    """Import so many complaints."""
    lines = (line(index, file_no=f"drill-{index}") for index in range(int(sys.argv[1])))
    run = HistoryImport(read_source("connecticut"), today=timezone.localdate(), refuse=_fail)
    for batch in batches(zip(count(1), lines, strict=False), BATCH):
        run.take(batch)
    enclose()


def enclose() -> None:
    """Give one in so many of all complaints a file; nothing opens it, so noise will do."""
    keys = Complaint.objects.unscoped("drill").order_by("pk").values_list("pk", flat=True)[::ONE_IN]
    for key, size in zip(keys, cycle(SIZES), strict=False):
        with transaction.atomic():
            kept(secrets.token_bytes(size), complaint_id=key)


def _fail(number: int, reason: str) -> None:
    sys.exit(f"line {number} refused: {reason}")


if __name__ == "__main__":
    main()
