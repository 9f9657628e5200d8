"""The keyring: AES-256-GCM under numbered keys, with a key of its own for each purpose."""

import base64
import hmac
import json
import os
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
HEADER_BYTES = len(VERSION) + 4
TAG_BYTES = 16


class SealBroken(Exception):
    """A sealed value cannot be opened: it was altered or moved, or its key is not in the ring."""


class Keyring:
    """Master keys by number; what is sealed carries the number of its key, so that keys can be rotated."""

    def __init__(self, keys: dict[int, bytes], primary: int, index: int | None = None) -> None:
        """Take 32-byte keys by number; new values are sealed under `primary`, blind indexes made under `index`.

        A value can be looked up under one key only, so the key of indexes does not follow the primary one; a ring of
        several keys has to name it, or a rotation would silently lose every look-up. Raises ValueError.
        """
        index = primary if index is None and len(keys) == 1 else index
        if not {primary, index} <= keys.keys() or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError("a keyring needs 32-byte keys; its primary key and its key of indexes must be among them")
        self._keys, self.primary, self._index = keys, primary, index
        self._ciphers: dict[tuple[int, str], AESGCM] = {}

    def seal(self, plain: bytes, *, purpose: str, bound_to: bytes) -> bytes:
        """Return version | key number | nonce | ciphertext and tag; it opens only with the same `bound_to`."""
        header = VERSION + self.primary.to_bytes(4, "big")
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._cipher(self.primary, purpose).encrypt(nonce, plain, header + bound_to)

    def open(self, sealed: bytes, *, purpose: str, bound_to: bytes) -> bytes:
        """Return what was sealed. Raises SealBroken."""
        header, rest = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
        number = int.from_bytes(header[1:], "big")
        if header[:1] != VERSION or len(rest) < NONCE_BYTES + TAG_BYTES:
            raise SealBroken("the value is not in a sealed format")
        if number not in self._keys:
            raise SealBroken(f"key {number} is not in the keyring")
        try:
            return self._cipher(number, purpose).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + bound_to)
        except InvalidTag as error:
            raise SealBroken("the value was altered, or belongs to another row, column or key") from error

    def index(self, column: str, value: str) -> bytes:
        """Return 16 bytes that equal values of one column share and that tell nothing without the key."""
        return hmac.digest(self._derive(self._index, f"index:{column}"), value.encode(), sha256)[:16]

    def derived(self, purpose: str, number: int | None = None) -> tuple[int, bytes]:
        """Return a key's number, of the primary key unless told, and the 32 bytes derived from it for a purpose.

        Raises SealBroken if the key is not in the ring.
        """
        number = self.primary if number is None else number
        if number not in self._keys:
            raise SealBroken(f"key {number} is not in the keyring")
        return number, self._derive(number, purpose)

    def _cipher(self, number: int, purpose: str) -> AESGCM:
        if (number, purpose) not in self._ciphers:
            self._ciphers[number, purpose] = AESGCM(self._derive(number, purpose))
        return self._ciphers[number, purpose]

    @cache  # noqa: B019 -- a process has one ring, for its whole life
    def _derive(self, number: int, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, None, f"redress:{purpose}".encode()).derive(self._keys[number])


@cache
def keyring() -> Keyring:
    """Return this process's keyring, read from the file that REDRESS_KEYRING_FILE names."""
    data = json.loads(Path(settings.KEYRING_FILE).read_text())
    keys = {int(number): base64.b64decode(key) for number, key in data["keys"].items()}
    return Keyring(keys, data["primary"], data.get("index"))
