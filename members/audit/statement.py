"""What a checkpoint states and how it is signed. Plain Python: whoever checks a proof has no database.

A statement is one line of JSON, and its very text is what is signed, kept and anchored; so nobody who checks it has to
write it anew, and it can be checked with any tool that knows Ed25519.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORM = 1
"""The form of entries (see `entries`); another one gets another number, so that old batches can be checked for ever."""
BEFORE_THE_FIRST = bytes(32)


class StatementBroken(ValueError):
    """A text is not a statement, or its signature does not fit."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sealed batch: `count` events, `total` with all before it, under one Merkle root, and what it follows.

    `previous` is the digest of the statement before, so that one signature vouches for the whole chain up to it.
    """

    number: int
    sealed_at: datetime
    count: int
    total: int
    root: bytes
    previous: bytes
    key: int
    public_key: bytes
    form: int = FORM

    def text(self) -> str:
        """Return the line that is signed."""
        told = {
            "audit_checkpoint": self.number,
            "sealed_at": self.sealed_at.isoformat(),
            "count": self.count,
            "total": self.total,
            "form": self.form,
            "root": self.root.hex(),
            "previous": self.previous.hex(),
            "key": self.key,
            "public_key": self.public_key.hex(),
        }
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what a line states. Raises StatementBroken for anything that `text()` would not have written."""
        try:
            told: dict[str, Any] = json.loads(text)
            statement = cls(
                number=told["audit_checkpoint"],
                sealed_at=datetime.fromisoformat(told["sealed_at"]),
                count=told["count"],
                total=told["total"],
                form=told["form"],
                root=bytes.fromhex(told["root"]),
                previous=bytes.fromhex(told["previous"]),
                key=told["key"],
                public_key=bytes.fromhex(told["public_key"]),
            )
            numbers = (statement.number, statement.count, statement.total, statement.form, statement.key)
            faithful = all(type(number) is int for number in numbers) and statement.text() == text
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise StatementBroken("this is not the statement of a checkpoint") from error
        if not faithful:
            raise StatementBroken("this is not the statement of a checkpoint as it is written here")
        return statement


def digest(text: str) -> bytes:
    """Return what the next statement names as its predecessor."""
    return sha256(text.encode()).digest()


class Signer:
    """Signs statements with the Ed25519 key of one number of the keyring."""

    def __init__(self, number: int, seed: bytes) -> None:
        """Take the key's number and the 32 bytes derived from it."""
        self.number, self._key = number, Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key: bytes = self._key.public_key().public_bytes_raw()

    def sign(self, text: str) -> bytes:
        """Return 64 bytes."""
        return self._key.sign(text.encode())


def check_signature(text: str, signature: bytes, public_key: bytes) -> None:
    """Return if the signature fits. Raises StatementBroken."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text.encode())
    except (InvalidSignature, ValueError) as error:
        raise StatementBroken("the signature does not fit the statement") from error


def line_of(text: str, signature: bytes) -> str:
    """Return a signed statement as one line, without its end: the statement, a blank, the signature in base64."""
    return f"{text} {base64.b64encode(signature).decode()}"


def parse_line(line: str) -> tuple[str, bytes]:
    """Return statement and signature of a line. Raises StatementBroken."""
    text, _, signature = line.rpartition(" ")
    try:
        parsed = base64.b64decode(signature, validate=True)
    except ValueError as error:
        raise StatementBroken("this line holds no signed statement") from error
    if not text:
        raise StatementBroken("this line holds no signed statement")
    return text, parsed
