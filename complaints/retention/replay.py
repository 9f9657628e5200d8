"""After a restore: what was erased since the backup was made is erased again, as the ledger says."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from complaints.retention.due import why_left
from complaints.retention.enums import LeftBecause
from complaints.retention.erase import carry_out, lock
from complaints.retention.facts import mix_facts
from complaints.retention.hanging import hanging_on
from complaints.retention.known import Known
from complaints.retention.ledger import LedgerFile, LedgerUnusable
from complaints.retention.models import Erasure
from complaints.retention.rules import rules
from members.actors import SYSTEM
from members.acts import act
from members.backup.refusals import BackupRefused
from members.backup.signals import DoneAgain

COMES_BACK = (
    "Without it everything that was erased since this backup comes back. If it is lost for good, or nothing was ever"
    " erased here, say --without-ledger."
)


@dataclass(slots=True)
class Replayed:
    """How many complaints were erased again, how many lines the database lacked, what stays and why; and of the file.

    `faults` are what is wrong with it, `to_know` what nobody but a person can tell.
    """

    erased: int = 0
    noted: int = 0
    left: dict[UUID, LeftBecause] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    to_know: list[str] = field(default_factory=list)

    def to_do(self) -> list[str]:
        """Return a sentence for each thing that somebody has to look at."""
        return [f"Complaint {key} was erased and is back: {why.label}" for key, why in self.left.items()] + self.faults


def replay_erasures(at: datetime, *, must_be_whole: bool = False) -> Replayed:
    """Erase again what the ledger's file says. Safe to kill and to repeat; run it before anybody is let in.

    What is on legal hold in the restored database stays, for an erasure cannot be undone and a release can be repeated:
    release it again, and replay again. Raises LedgerUnusable, also for a file that `must_be_whole` and is not; OSError.
    """
    file = LedgerFile()
    done = Replayed(to_know=[_held_by(file)])
    if fault := file.trouble(Known.now()):
        if must_be_whole:
            raise LedgerUnusable(f"{fault} {COMES_BACK}")
        done.faults.append(fault)
    for entry in file:
        with transaction.atomic():
            _replay(entry, done, at)
    mix_facts()
    done.faults += [f"Line {number} of {file.path} is not what was written there." for number in file.broken]
    return done


def see_that_the_ledger_is_here(*, without_ledger: bool, noted: dict[str, Any], **_: Any) -> None:
    """Refuse a restore before it begins: without its ledger, what was erased since the backup would be back."""
    if without_ledger:
        return
    try:
        fault = LedgerFile().trouble(Known.noted(noted))
    except LedgerUnusable as away:
        fault = str(away)
    if fault:
        raise BackupRefused(f"{fault} {COMES_BACK}")


def replay_after_restore(*, at: datetime, without_ledger: bool) -> DoneAgain:
    """Do it before a restore ends; a ledger that cannot be read, or is another one, undoes the restore."""
    try:
        done = replay_erasures(at, must_be_whole=not without_ledger)
    except LedgerUnusable:
        if not without_ledger:
            raise
        done = Replayed()
    return DoneAgain({"erased_again": done.erased, "erasures_noted": done.noted}, done.to_do(), done.to_know)


def _held_by(file: LedgerFile) -> str:
    newest = f", the last of {file.newest.erased_at:%Y-%m-%d %H:%M} UTC" if file.newest else ""
    return (
        f"Erasures in the ledger: {len(file.keys):,}{newest}. No file can tell that it lost its end: if you know of"
        " others, put the right one back and run `manage.py retention --replay` before anything is started."
    )


def _replay(entry: Erasure, done: Replayed, at: datetime) -> None:
    complaint = lock(entry.complaint_id)
    if complaint and (reason := why_left(complaint.pk, among=rules(), at=at)):
        done.left[complaint.pk] = reason
    elif complaint:
        # The counts are those of the first time: the line says what it said.
        carry_out(entry, complaint, hanging_on(complaint.pk), actor=SYSTEM, at=at, action="complaint.erased_again")
        done.erased += 1
    elif not Erasure.objects.filter(complaint_id=entry.complaint_id).exists():
        with act(actor=SYSTEM, at=at) as this:
            this.add(entry)
        done.noted += 1
