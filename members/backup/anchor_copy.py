"""The anchors of the audit trail: into a backup, and on from where a restored database is."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from members.audit.anchor import SYSLOG, AnchorRefused, continue_from, last_line, see_that_it_can_grow
from members.audit.anchored_lines import AnchorFile
from members.audit.continuation import number_of
from members.audit.statement import Signer, StatementBroken
from members.backup.checking import Checked
from members.backup.refusals import BackupRefused


def anchor_files(anchors: list[str]) -> list[Path]:
    """Return the anchors that are files."""
    return [Path(place) for place in anchors if not place.startswith(SYSLOG)]


def fullest_anchor(anchors: list[str]) -> AnchorFile | None:
    """Return the file that knows most, None if none is there. Raises OSError."""
    there = [path for path in anchor_files(anchors) if path.exists()]
    return AnchorFile(max(there, key=_newest)) if there else None


def anchored_up_to(checkpoint: int, anchors: list[str]) -> Iterator[bytes]:
    """Yield what the fullest anchor holds of the chain up to a checkpoint. Raises OSError."""
    for number, line in fullest_anchor(anchors) or ():
        if number > checkpoint:
            return
        yield f"{line}\n".encode()


def see_that_anchors_are_new(anchors: list[str]) -> None:
    """Raise BackupRefused if a file holds anything: a house writes there, and who is to say that it is the lost one."""
    if kept := [path for path in anchor_files(anchors) if path.is_file() and path.stat().st_size]:
        raise BackupRefused(
            f"A house has its anchor in {kept[0]}. To try a backup out beside that house, name another file in"
            " REDRESS_AUDIT_ANCHOR; if that house is lost, and this restore takes its place, say --continue-anchor."
        )


def places_to_go_on(anchors: list[str], backup: Checked) -> dict[Path, int]:
    """Return from which checkpoint each file goes on: the last that it and the backup have in common.

    Raises BackupRefused unless each can be added to, and knows the checkpoints of the backup for its own. They may be
    among those that an earlier restore left behind: then that restore is undone.
    """
    return {path: _place_to_go_on(path, backup) for path in anchor_files(anchors)}


def continue_anchors(places: dict[Path, int], backup: Checked, *, signer: Signer, at: datetime) -> list[Path]:
    """Let each file go on from its checkpoint; return those that knew more, or otherwise.

    Nothing in a file is changed. One that is empty or lost begins with the lines of the backup. Raises OSError,
    AnchorRefused.
    """
    for path in places:
        with path.open("ab") as file:
            file.write(b"" if file.tell() else backup.anchor)
    return [path for path, number in places.items() if continue_from(path, number, signer=signer, at=at)]


def _place_to_go_on(path: Path, backup: Checked) -> int:
    lines, back_at = dict(_numbered(backup.anchor)), backup.opening.checkpoint
    try:
        see_that_it_can_grow(path)
        last_line(path)
    except (OSError, AnchorRefused) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BackupRefused(
            f"The anchor {path} cannot go on: {why}. Mend it, or name another file in REDRESS_AUDIT_ANCHOR."
        ) from None
    file = AnchorFile(path)
    differs = next((number for number, line in file if number <= back_at and lines.get(number, line) != line), None)
    if differs is None:
        return back_at
    if lines[differs] not in file.lost:
        raise BackupRefused(
            f"Checkpoint {differs} in {path} is another than in the backup: one of the two was altered, or they are of"
            " two houses. Find out which, before anything is replaced; with another file in REDRESS_AUDIT_ANCHOR the"
            " backup can be restored beside it."
        )
    return differs - 1


def _numbered(backed_up: bytes) -> Iterator[tuple[int, str]]:
    for line in backed_up.decode(errors="replace").splitlines():
        with suppress(StatementBroken):  # the older backups hold what a crash had cut short as well
            yield number_of(line), line


def _newest(path: Path) -> int:
    try:
        line = last_line(path)
    except AnchorRefused:
        return 0  # its end is no anchor's; what comes before may be all there is
    return number_of(line) if line else 0
