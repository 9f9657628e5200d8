"""How many audit events a second one sealer seals out of a backlog: hashed, signed, committed and anchored."""

import tempfile
import time
from pathlib import Path

from django.utils import timezone

from members.audit.anchor import anchor_all
from members.audit.sealer import seal_all
from members.privacy.signing import audit_signer
from tests.benchmarks.figure import Figure
from tests.members.audit.many import write_many

EVENTS = 200_000
TARGET = 10_000


def measure() -> Figure:
    """Seal what others left, write a backlog, and time its sealing against its writing."""
    signer = audit_signer()
    seal_all(signer=signer, at=timezone.now())
    began = time.perf_counter()
    write_many(EVENTS)
    written = EVENTS / (time.perf_counter() - began)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        count = seal_all(signer=signer, at=timezone.now())
        anchor_all([str(Path(folder) / "anchor")], at=timezone.now())
        rate = count / (time.perf_counter() - began)
    if count != EVENTS:
        raise RuntimeError(f"{count} events were sealed instead of {EVENTS}")
    return Figure(
        name="sealed_audit_sealer",
        value=rate,
        unit="events/s",
        baseline=written,
        baseline_is="writing the same events by COPY",
        target=f">= {TARGET} events/s",
        ok=rate >= TARGET,
    )
