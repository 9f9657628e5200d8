"""What one sealed value costs to open through its field: the record of who reads it, the key, the place, the cipher.

A narrative of 2 kB, against the same bytes opened by AES-256-GCM alone. It is arithmetic: the processor's time counts.
"""

import os
import time
from collections.abc import Callable
from statistics import median

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from complaints.models import Complaint
from members.actors import SYSTEM
from members.identifiers import new_id
from members.privacy.access import phi_access
from members.privacy.fields import Sealed
from slas.queries import database_now
from tests.benchmarks.figure import Figure

VALUES, ROUNDS = 2_000, 7
NARRATIVE = "They said my claim was never received. " * 52  # 2 kB
TARGET_US = 20


def measure() -> Figure:
    """Open each value once; the events of the openings are written, and rolled back, outside of the measured time."""
    field = Complaint._meta.get_field("narrative")
    rows = [Complaint(pk=new_id()) for _ in range(VALUES)]
    sealed = [Sealed(field.seal(row.pk, NARRATIVE.encode())) for row in rows]
    cipher, nonce, place = AESGCM(os.urandom(32)), os.urandom(12), os.urandom(60)
    bare = [cipher.encrypt(nonce, NARRATIVE.encode(), place) for _ in rows]

    def open_bare() -> None:
        for value in bare:
            cipher.decrypt(nonce, value, place).decode()

    opened, alone = [], []
    with transaction.atomic():
        for _ in range(ROUNDS):
            for row, value in zip(rows, sealed, strict=True):
                row.__dict__["narrative"] = value
            with phi_access(actor=SYSTEM, purpose="a benchmark", at=database_now()):
                opened.append(_microseconds(lambda: [row.narrative for row in rows]))
            alone.append(_microseconds(open_bare))
        transaction.set_rollback(True)
    cost, baseline = median(opened), median(alone)
    return Figure(
        name="sealed_open",
        value=cost,
        unit="µs",
        baseline=baseline,
        baseline_is="AES-256-GCM alone",
        target=f"<= {TARGET_US} µs",
        ok=cost <= TARGET_US,
    )


def _microseconds(open_all: Callable[[], object]) -> float:
    began = time.thread_time()
    open_all()
    return (time.thread_time() - began) / VALUES * 1_000_000
