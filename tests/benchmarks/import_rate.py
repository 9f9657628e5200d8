"""How fast history is imported, against the same operations with a transaction for each complaint."""

import gzip
import sys
import time
from itertools import count
from uuid import uuid4

from django.utils import timezone

from complaints.history.import_history import BATCH, HistoryImport
from complaints.history.lines import batches
from complaints.history.sources import read_source
from tests.benchmarks.figure import Figure
from tests.history.records import line
from tests.shared_data import COMPLAINTS

TARGET = 300
SAMPLE = 2000
BASELINE_SAMPLE = 200


def measure() -> Figure:
    """Import a sample of the real file, or of made-up lines where it is not, under new keys: it can be repeated."""
    lines = _lines(SAMPLE + BASELINE_SAMPLE)
    one_by_one = _rate(lines[SAMPLE:], 1)
    rate = _rate(lines[:SAMPLE], BATCH)
    return Figure(
        name="import_rate",
        value=rate,
        unit="complaints/s",
        baseline=one_by_one,
        baseline_is="one transaction for each complaint",
        target=f">= {TARGET}",
        ok=rate >= TARGET,
    )


def _rate(lines: list[bytes], size: int) -> float:
    run = HistoryImport(read_source("connecticut"), today=timezone.localdate(), refuse=_fail)
    began = time.perf_counter()
    for batch in batches(zip(count(1), lines, strict=False), size):
        run.take(batch)
    return run.imported / (time.perf_counter() - began)


def _lines(number: int) -> list[bytes]:
    if not COMPLAINTS.exists():
        sys.stderr.write(f"NO DATA: {COMPLAINTS} is absent; made-up lines are measured\n")
        return [line(index, file_no=str(uuid4())) for index in range(number)]
    with gzip.open(COMPLAINTS) as file:
        return [text.replace(b'"file_no": "', b'"file_no": "' + uuid4().hex.encode(), 1) for text in file][:number]


def _fail(number: int, reason: str) -> None:
    sys.exit(f"line {number} refused: {reason}")
