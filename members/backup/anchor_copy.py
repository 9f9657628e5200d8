"""The anchor of the audit trail in a backup, and back in its place."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from members.audit.anchor import SYSLOG
from members.audit.statement import Statement, StatementBroken, parse_line


def anchor_files(anchors: list[str]) -> list[Path]:
    """Return the anchors that are files."""
    return [Path(place) for place in anchors if not place.startswith(SYSLOG)]


def anchored_up_to(checkpoint: int, anchors: list[str]) -> Iterator[bytes]:
    """Yield the lines of the first anchor file that is there, none of a checkpoint after this one. Raises OSError."""
    path = next((path for path in anchor_files(anchors) if path.exists()), None)
    if path is None:
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n") or _number(line) > checkpoint:
                return
            yield line


def put_anchor(path: Path, lines: bytes, *, suffix: str) -> Path | None:
    """Make a file hold these lines; one that holds others is kept under another name, which is returned.

    The former anchor is what proves afterwards how much was lost. Raises OSError.
    """
    aside = None
    if path.exists():
        if path.read_bytes() == lines:
            return None
        aside = path.with_name(f"{path.name}.{suffix}")
        path.rename(aside)
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)
        path.write_bytes(lines)
    return aside


def _number(line: bytes) -> int:
    with suppress(StatementBroken):
        return Statement.parse(parse_line(line.decode(errors="replace").rstrip("\n"))[0]).number
    return 0
