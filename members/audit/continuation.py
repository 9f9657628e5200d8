"""The line by which an anchor goes on after a restore. Plain Python, like the statement of a checkpoint.

An anchor only ever grows. When the database comes back from a backup, its chain goes on from an earlier checkpoint than
the anchor's newest; this line says so, signed like a checkpoint, and what was lost stays above it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from members.audit.statement import Signer, Statement, StatementBroken, check_signature, line_of, parse_line

CONTINUED = '{"audit_restored":'


@dataclass(frozen=True, slots=True)
class Continuation:
    """From here on, what follows checkpoint `back_to` counts; those after it up to `lost` were lost with the database.

    `follows` is the digest of the statement of `back_to`, which the chain of the backup ended with.
    """

    back_to: int
    lost: int
    restored_at: datetime
    follows: bytes
    key: int
    public_key: bytes

    def told(self) -> dict[str, Any]:
        """Return it as JSON tells it."""
        return {
            "audit_restored": self.back_to,
            "lost": self.lost,
            "restored_at": self.restored_at.isoformat(),
            "follows": self.follows.hex(),
            "key": self.key,
            "public_key": self.public_key.hex(),
        }

    def text(self) -> str:
        """Return the line that is signed."""
        return json.dumps(self.told(), separators=(",", ":"))

    def line(self, signer: Signer) -> str:
        """Return it signed, as it stands in an anchor."""
        return line_of(self.text(), signer.sign(self.text()))

    @classmethod
    def parse(cls, line: str) -> Self:
        """Return what a signed line says. Raises StatementBroken for anything that `line()` would not have written."""
        text, signature = parse_line(line)
        try:
            told: dict[str, Any] = json.loads(text)
            found = cls(
                back_to=told["audit_restored"],
                lost=told["lost"],
                restored_at=datetime.fromisoformat(told["restored_at"]),
                follows=bytes.fromhex(told["follows"]),
                key=told["key"],
                public_key=bytes.fromhex(told["public_key"]),
            )
            is_faithful = found.text() == text and type(found.back_to) is int and type(found.key) is int
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise StatementBroken("this line does not say that an anchor goes on") from error
        if not is_faithful:
            raise StatementBroken("this line does not say that an anchor goes on as it is written here")
        check_signature(text, signature, found.public_key)
        return found


def parse_anchored(line: str) -> Statement | Continuation:
    """Return what a line of an anchor holds. Raises StatementBroken."""
    try:
        return Statement.parse(parse_line(line)[0])
    except StatementBroken:
        return Continuation.parse(line)


def number_of(line: str) -> int:
    """Return the checkpoint at which the chain of an anchor is after this line. Raises StatementBroken."""
    said = parse_anchored(line)
    return said.back_to if isinstance(said, Continuation) else said.number
