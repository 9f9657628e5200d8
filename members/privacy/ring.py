"""What a keyring consists of, and how it is written down: a JSON object, whose keys a KMS may have wrapped."""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
LARGEST_NUMBER = 2**32 - 1


class KeyringUnusable(Exception):
    """There is no keyring that could be used; `str()` is a sentence that says the cure."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys by number, which of them seals, and what blind indexes are made under: a key, or the number of one.

    `envelope` is a key that only the KMS can unwrap; where there is one, all others are written down wrapped by it.
    """

    keys: dict[int, bytes] = field(repr=False)
    primary: int
    index: int | bytes | None = field(default=None, repr=False)
    envelope: bytes | None = field(default=None, repr=False)

    @classmethod
    def new(cls) -> Self:
        """Return a ring of one fresh key, and one for blind indexes, which outlives it."""
        return cls({1: secrets.token_bytes(KEY_BYTES)}, 1, secrets.token_bytes(KEY_BYTES))

    def with_new_key(self, *, above: int = 0) -> tuple[Self, int]:
        """Return the ring with a fresh key, and its number: above all that the ring has, and `above` that of others."""
        number = max(above, *self.keys) + 1
        index = self.primary if self.index is None else self.index  # a ring of one key need not say it
        return replace(self, keys=self.keys | {number: secrets.token_bytes(KEY_BYTES)}, index=index), number

    def without(self, number: int) -> Self:
        """Return the ring without a key."""
        return replace(self, keys={other: key for other, key in self.keys.items() if other != number})


Unwrap = Callable[[bytes], bytes]


def read_ring(text: str, unwrap: Unwrap) -> Ring:
    """Return the ring that a text holds; `unwrap` turns its envelope into a key. Raises KeyringUnusable."""
    try:
        data = json.loads(text)
        envelope = _bytes(data["envelope"]) if data.get("envelope") else None
        keys = {int(number): _bytes(key) for number, key in data["keys"].items()}
        primary, index = int(data["primary"]), data.get("index")
        index = _bytes(index) if isinstance(index, str) else index
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):  # never with the text: it holds keys
        raise KeyringUnusable(
            'The keyring is not in its format, which is {"primary": 1, "keys": {"1": "<32 bytes, base64>"},'
            ' "index": "<32 bytes, base64>"}. Put the ring back from its backup.'
        ) from None
    if envelope is not None:
        opener = unwrap(envelope)
        keys = {number: _unwrapped(opener, key, str(number)) for number, key in keys.items()}
        index = _unwrapped(opener, index, "index") if isinstance(index, bytes) else index
    _check(keys, primary, index)
    return Ring(keys, primary, index, envelope)


def write_ring(ring: Ring, unwrap: Unwrap) -> str:
    """Return the text that `read_ring` reads; under an envelope each key is wrapped anew."""
    opener = unwrap(ring.envelope) if ring.envelope else None
    keys = {str(number): _text(opener, key, str(number)) for number, key in sorted(ring.keys.items())}
    data: dict[str, Any] = {"primary": ring.primary, "keys": keys}
    if ring.index is not None:
        data["index"] = _text(opener, ring.index, "index") if isinstance(ring.index, bytes) else ring.index
    if ring.envelope:
        data["envelope"] = base64.b64encode(ring.envelope).decode()
    return json.dumps(data, indent=1) + "\n"


def _check(keys: dict[int, bytes], primary: int, index: int | bytes | None) -> None:
    """Name what is missing. Raises KeyringUnusable."""
    short = [str(number) for number, key in keys.items() if len(key) != KEY_BYTES]
    if isinstance(index, bytes) and len(index) != KEY_BYTES:
        short.append("of indexes")
    if short:
        raise KeyringUnusable(f"Key {short[0]} of the ring has not 32 bytes. Put the ring back from its backup.")
    if not all(0 < number <= LARGEST_NUMBER for number in keys):
        raise KeyringUnusable("Keys have numbers from 1 on. Put the ring back from its backup.")
    if primary not in keys:
        raise KeyringUnusable(f"The ring says that key {primary} is its primary one, and lacks it. Put it back.")
    if index not in keys if isinstance(index, int) else index is None and len(keys) > 1:
        raise KeyringUnusable(
            "The ring lacks the key of blind indexes. Put it back, or no address or number is found any more."
        )


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(opener: bytes | None, key: bytes, place: str) -> str:
    if opener is not None:
        nonce = os.urandom(NONCE_BYTES)
        key = nonce + AESGCM(opener).encrypt(nonce, key, _bound(place))
    return base64.b64encode(key).decode()


def _unwrapped(opener: bytes, wrapped: bytes, place: str) -> bytes:
    try:
        return AESGCM(opener).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound(place))
    except (InvalidTag, ValueError):
        raise KeyringUnusable(
            f"Key {place} of the ring does not open under the ring's envelope. Put the ring back from its backup."
        ) from None


def _bound(place: str) -> bytes:
    return f"redress:keyring:{place}".encode()
