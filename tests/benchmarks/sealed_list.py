"""What it costs to open a list of 50 cases: names opened in one pass, and the record of all of them in one INSERT.

Against the same list with the names left sealed, which takes the same rows from the database.
"""

import time
from collections.abc import Callable
from statistics import median

from django.db import transaction

from complaints.models import Complaint
from members.actors import SYSTEM
from members.privacy.access import phi_access
from slas.queries import database_now
from tests.benchmarks.figure import Figure
from tests.complaints import stages

CASES, ROUNDS = 50, 60
TARGET_MS = 10


def measure() -> Figure:
    """Take turns; the median of each counts. Nothing is left in the database."""
    with transaction.atomic():
        for number in range(CASES):
            stages.received(name=f"Member {number}", email="")
        opened, sealed = [], []
        for _ in range(ROUNDS):
            opened.append(_milliseconds(_open_list))
            sealed.append(_milliseconds(_read_list))
        transaction.set_rollback(True)
    cost = median(opened) - median(sealed)
    return Figure(
        name="sealed_list",
        value=cost,
        unit="ms",
        baseline=median(sealed),
        baseline_is="the same 50 rows left sealed",
        target=f"<= {TARGET_MS} ms",
        ok=cost <= TARGET_MS,
        more={"with_rows_ms": median(opened)},
    )


def _cases() -> list[Complaint]:
    rows = Complaint.objects.unscoped("a benchmark").order_by("-received_at")
    return list(rows.only("reference", "complainant_name")[:CASES])


def _open_list() -> list[str]:
    with phi_access(actor=SYSTEM, purpose="a benchmark", at=database_now()):
        return [case.complainant_name for case in _cases()]


def _read_list() -> list[str]:
    database_now()
    return [case.reference for case in _cases()]


def _milliseconds(read: Callable[[], list[str]]) -> float:
    began = time.perf_counter()
    if len(read()) != CASES:
        raise RuntimeError("the list is not of 50 cases")
    return (time.perf_counter() - began) * 1000
