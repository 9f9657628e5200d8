"""Restoring a backup: everything is looked at before anything is written, and proven when it is there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import transaction

from members.actors import SYSTEM
from members.acts import act
from members.audit.anchor import anchor_all
from members.audit.findings import Finding
from members.audit.sealer import seal_all
from members.audit.verification import Verification
from members.backup.anchor_copy import (
    continue_anchors,
    fullest_anchor,
    places_to_go_on,
    see_that_anchors_are_new,
)
from members.backup.checking import check_backup, entries_of, see_that_it_can_be_restored
from members.backup.emptiness import empty_all, see_that_all_is_empty, see_that_nobody_is_at_work
from members.backup.loading import loaded, make_tables
from members.backup.manifest import Opening
from members.backup.signals import DoneAgain, restored, restoring
from members.backup.under_way import alone, mark, unmark
from members.privacy.signing import audit_key, audit_signer


@dataclass(slots=True)
class Restored:
    """What came back, which anchors knew more and went on, and what is wrong with the audit trail.

    `counts` says what was done again, `to_do` has a sentence for each thing that is left to people, `to_know` for each
    that they have to read.
    """

    opening: Opening
    parts: dict[str, dict[str, Any]]
    counts: dict[str, int] = field(default_factory=dict)
    to_do: list[str] = field(default_factory=list)
    to_know: list[str] = field(default_factory=list)
    continued: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, done: DoneAgain) -> None:
        """Take in what a receiver says."""
        self.counts |= done.counts
        self.to_do += done.to_do
        self.to_know += done.to_know

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return sum(part["count"] for name, part in self.parts.items() if name.startswith("table "))


def restore_backup(
    path: Path,
    *,
    at: datetime,
    anchors: list[str],
    replace: bool,
    without_ledger: bool = False,
    continue_anchor: bool = False,
    progress: Callable[[int], object] = int,
) -> Restored:
    """Put a backup back into an empty database and store; `replace` empties them first, once the backup is proven.

    What is written stays only if all that has to happen again did happen: else what was erased would be back.
    Anchors that hold anything go on only with `continue_anchor`: else a trial would end the trail of a living house.
    `progress` is told of the file's bytes, each twice. Killed, it is to be run again with `replace`.

    Raises BackupBroken, BackupRefused, KeyringUnusable, OSError, DatabaseError.
    """
    with entries_of(path) as (opening, _):
        see_that_it_can_be_restored(opening)
    with alone():
        see_that_nobody_is_at_work()
        restoring.send(sender=restore_backup, without_ledger=without_ledger, noted=opening.noted)
        if not replace:
            see_that_all_is_empty()
        if not continue_anchor:
            see_that_anchors_are_new(anchors)
        checked = check_backup(path, progress=progress)
        places, signer = places_to_go_on(anchors, checked), audit_signer()
        result = Restored(checked.opening, checked.parts)
        if replace:
            see_that_nobody_is_at_work()  # again: reading all of a large backup takes minutes
            empty_all()
        mark()
        with _fill(result, path, progress):
            _end(result, at, without_ledger=without_ledger)
            # Last in the transaction: without its anchors nothing is back; without rows a line in them does no harm.
            unmark()
            result.continued = continue_anchors(places, checked, signer=signer, at=at)
        seal_all(signer=signer, at=at)
        anchor_all(anchors, at=at)
        result.findings = _findings(anchors)
    return result


@contextmanager
def _fill(result: Restored, path: Path, progress: Callable[[int], object]) -> Iterator[None]:
    """Bring files and rows back in a transaction that ends with the block; those of an older backup are migrated first.

    Migrations need transactions of their own. So the rows stand before the block is entered, and go if it fails.
    """
    is_newest = make_tables(result.opening)
    with entries_of(path, progress) as (_, entries), loaded(result.opening, entries, result.parts):
        if is_newest:
            yield
    if is_newest:
        return
    try:
        call_command("migrate", interactive=False, verbosity=0)
        with transaction.atomic():
            yield
    except BaseException:
        empty_all()
        raise


def _end(result: Restored, at: datetime, **told: Any) -> None:
    """Tell of the restore and let receivers do again what must stay done, together with the rows."""
    opening = result.opening
    with act(actor=SYSTEM, at=at) as this:
        detail = {"taken_at": opening.taken_at.isoformat(), "checkpoint": opening.checkpoint, "rows": result.rows}
        this.record("backup.restored", detail=detail)
    for _receiver, done in restored.send(sender=restore_backup, at=at, taken_at=opening.taken_at, **told):
        if isinstance(done, DoneAgain):
            result.add(done)


def _findings(anchors: list[str]) -> list[Finding]:
    return list(Verification(known_key=audit_key, anchor=fullest_anchor(anchors)).findings())
