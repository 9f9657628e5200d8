"""What a backup says of itself: its first entry tells what will come, its last one what came."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Self

FORM = 1
"""The form of backups; what reads another one is another release."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What has to be known before anything is restored. `keys`: check values in hex by number, 0 for the indexes'.

    `noted` is what receivers of `taking` want to know by then.
    """

    taken_at: datetime
    server: str
    migrations: Sequence[tuple[str, str]]
    keys: dict[int, str]
    columns: dict[str, list[str]]
    sequences: dict[str, int]
    checkpoint: int
    noted: dict[str, Any] = field(default_factory=dict)
    form: int = FORM

    def told(self) -> dict[str, Any]:
        """Return it as JSON tells it."""
        return asdict(self) | {"entry": "opening", "taken_at": self.taken_at.isoformat()}

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """Return what was told."""
        return cls(
            taken_at=datetime.fromisoformat(told["taken_at"]),
            server=told["server"],
            migrations=[(app, name) for app, name in told["migrations"]],
            keys={int(number): value for number, value in told["keys"].items()},
            columns=told["columns"],
            sequences=told["sequences"],
            checkpoint=told["checkpoint"],
            noted=told.get("noted", {}),
            form=told["form"],
        )


@dataclass(slots=True)
class Part:
    """How much there is of one table, of the files or of the anchor, and its SHA-256. Rows are in their keys' order."""

    count: int = 0
    size: int = 0
    digest: Any = field(default_factory=sha256)

    def add(self, piece: bytes) -> bytes:
        """Count a piece, and return it."""
        self.size += len(piece)
        self.digest.update(piece)
        return piece

    def told(self) -> dict[str, Any]:
        """Return it as JSON tells it; size is in bytes."""
        return {"count": self.count, "size": self.size, "sha256": self.digest.hexdigest()}
