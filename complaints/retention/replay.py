"""After a restore: what was erased since the backup was made is erased again, as the ledger says."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from complaints.retention.due import why_left
from complaints.retention.enums import LeftBecause
from complaints.retention.erase import carry_out, lock
from complaints.retention.facts import mix_facts
from complaints.retention.hanging import hanging_on
from complaints.retention.ledger import entries
from complaints.retention.models import Erasure
from complaints.retention.rules import rules
from members.actors import SYSTEM
from members.acts import act

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many complaints were erased again, how many lines the database lacked, and what stays and why."""

    erased: int
    noted: int
    left: dict[UUID, LeftBecause]


def replay_erasures(at: datetime) -> Replayed:
    """Erase again what the ledger's file says. Safe to kill and to repeat; run it before anybody is let in.

    What is on legal hold in the restored database stays, for an erasure cannot be undone and a release can be repeated:
    release it again, and replay again. Raises OSError when there is a ledger and it cannot be read.
    """
    erased, noted, left = 0, 0, {}
    for entry in entries():
        with transaction.atomic():
            complaint = lock(entry.complaint_id)
            if complaint and (reason := why_left(complaint.pk, among=rules(), at=at)):
                left[complaint.pk] = reason
            elif complaint:
                # The counts are those of the first time: the line says what it said.
                carry_out(
                    entry, complaint, hanging_on(complaint.pk), actor=SYSTEM, at=at, action="complaint.erased_again"
                )
                erased += 1
            elif not Erasure.objects.filter(complaint_id=entry.complaint_id).exists():
                with act(actor=SYSTEM, at=at) as this:
                    this.add(entry)
                noted += 1
    mix_facts()
    return Replayed(erased, noted, left)


def replay_after_restore(*, at: datetime, **_: Any) -> None:
    """Do it before a restore ends; a ledger that cannot be read undoes the restore. What stays is logged."""
    for complaint_id, reason in replay_erasures(at).left.items():
        log.error("Complaint %s was erased and is back: %s", complaint_id, reason.label)
