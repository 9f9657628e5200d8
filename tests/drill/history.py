"""Fills a database with made-up history through the import: `python -m tests.drill.history NUMBER`."""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import sys
from itertools import count

import django

django.setup()

from django.utils import timezone

from complaints.history.import_history import BATCH, HistoryImport
from complaints.history.lines import batches
from complaints.history.sources import read_source
from tests.history.records import line


def main() -> None:
    """Import so many complaints."""
    lines = (line(index, file_no=f"drill-{index}") for index in range(int(sys.argv[1])))
    run = HistoryImport(read_source("connecticut"), today=timezone.localdate(), refuse=_fail)
    for batch in batches(zip(count(1), lines, strict=False), BATCH):
        run.take(batch)


def _fail(number: int, reason: str) -> None:
    sys.exit(f"line {number} refused: {reason}")


if __name__ == "__main__":
    main()
