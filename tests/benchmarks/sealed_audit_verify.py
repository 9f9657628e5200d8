"""How many sealed events a second are verified, and that memory does not grow with them."""

import resource
import time

from django.db import connection
from django.utils import timezone

from members.audit.sealed_rows import kept_leaves, newest_number
from members.audit.sealer import seal_all
from members.audit.verification import Verification
from members.privacy.signing import audit_key, audit_signer
from tests.benchmarks.figure import Figure
from tests.members.audit.many import write_many

EVENTS = 200_000
TARGET = 20_000
MOST_MEMORY_MB = 50


def measure() -> Figure:
    """Seal a trail, verify it once to warm up, then once more beside reading it alone."""
    write_many(EVENTS)
    seal_all(signer=audit_signer(), at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE audit_event, audit_leaf, audit_pending")
    began = time.perf_counter()
    count = sum(1 for _ in kept_leaves(newest_number()))
    read = count / (time.perf_counter() - began)
    memory = _megabytes()
    verification = Verification(known_key=audit_key)
    began = time.perf_counter()
    found = list(verification.findings())
    rate = verification.events / (time.perf_counter() - began)
    grown = _megabytes() - memory
    if found or verification.events != count:
        raise RuntimeError(f"{len(found)} findings in a trail that nobody touched")
    return Figure(
        name="sealed_audit_verify",
        value=rate,
        unit="events/s",
        baseline=read,
        baseline_is="reading the same rows without verifying them",
        target=f">= {TARGET} events/s, in constant memory",
        ok=rate >= TARGET and grown <= MOST_MEMORY_MB,
        more={"events": float(count), "memory_grew_mb": grown},
    )


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
