"""How fast rows are sealed anew under another key, batch by batch with locks and audit events.

Against the same rows written one UPDATE at a time, as a loop over their saves would.
"""

import time
from uuid import UUID

from members.actors import SYSTEM
from members.identifiers import new_id
from members.models import LineOfBusiness, Member
from members.privacy.ceremonies import add_key, promote_key
from members.privacy.keyring import keyring
from members.privacy.rotation import Rotation
from slas.queries import database_now
from tests.benchmarks.figure import Figure

ROWS, ONE_BY_ONE = 20_000, 500
TARGET = 2_000


def measure() -> Figure:
    """Rotate the rows of members, who have six sealed columns, with a real fresh key, which stays in the ring."""
    keys = [new_id() for _ in range(ROWS)]
    act = {"actor": SYSTEM, "at": database_now()}
    try:
        Member._base_manager.bulk_create([_person(key) for key in keys], batch_size=1_000)
        number, _ = add_key(**act)
        promote_key(**act, number=number)
        if keyring(having=number).primary != number:
            raise RuntimeError("the fresh key is not the primary one")
        alone = _one_by_one(keys[:ONE_BY_ONE])
        run = Rotation(**act)
        began = time.perf_counter()
        for _ in run.run():
            pass
        rate = run.rows / (time.perf_counter() - began)
        if run.rows < ROWS - ONE_BY_ONE or run.left():
            raise RuntimeError(f"only {run.rows} rows were sealed anew")
    finally:
        Member._base_manager.filter(pk__in=keys).delete()
    return Figure(
        name="sealed_reencrypt",
        value=rate,
        unit="rows/s",
        baseline=alone,
        baseline_is="one UPDATE for each row",
        target=f">= {TARGET:,}",
        ok=rate >= TARGET,
        more={"rows": run.rows},
    )


def _person(key: UUID) -> Member:
    number = key.hex
    return Member(
        pk=key,
        member_number=number,
        member_number_index=key.bytes,
        name="Rosa Lindqvist",
        email=f"{number}@example.org",
        phone="860-555-0123",
        born_on="1971-04-09",
        postal_code="06103",
        line_of_business=LineOfBusiness.GROUP,
        created_at=database_now(),
    )


def _one_by_one(keys: list[UUID]) -> float:
    """Return the rows a second; saving a row seals anew what is under a former key."""
    began = time.perf_counter()
    for key in keys:
        Member._base_manager.get(pk=key).save()
    return len(keys) / (time.perf_counter() - began)
