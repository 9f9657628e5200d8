"""The keyring: AES-256-GCM under numbered keys, with a key of its own for each purpose."""

import hmac
import logging
import os
import time
from hashlib import sha256
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from members.privacy.keyring_sources import Stamp, configured_source
from members.privacy.ring import KEY_BYTES, KeyringUnusable, Ring

logger = logging.getLogger(__name__)

VERSION = b"\x01"
NONCE_BYTES = 12
HEADER_BYTES = len(VERSION) + 4
TAG_BYTES = 16
CHECK_BYTES = 8
LOOK_EVERY = 1.0  # s between two looks whether the ring has changed
TRY_AGAIN_AFTER = 30.0  # s after one that could not be read: a KMS that is away must not hold up every request


class SealBroken(Exception):
    """A sealed value cannot be opened: it was altered or moved, or its key is not in the ring."""


class KeyMissing(SealBroken):
    """The ring lacks the key that a value was sealed under."""


class Keyring:
    """Master keys by number; what is sealed carries the number of its key, so that keys can be rotated."""

    def __init__(self, keys: dict[int, bytes], primary: int, index: int | bytes | None = None) -> None:
        """Take 32-byte keys by number; new values are sealed under `primary`.

        Blind indexes are made under `index`: a key of its own, or in rings from before that the number of one. A value
        can be looked up under one key only, so it does not follow the primary one; a ring of several keys has to name
        it, or a rotation would silently lose every look-up. Raises ValueError.
        """
        index = primary if index is None and len(keys) == 1 else index
        of_indexes = index if isinstance(index, bytes) else keys.get(index or 0, b"")
        if primary not in keys or any(len(key) != KEY_BYTES for key in (*keys.values(), of_indexes)):
            raise ValueError("a keyring needs 32-byte keys; its primary key and its key of indexes must be among them")
        self._keys, self.primary, self._of_indexes = keys, primary, of_indexes
        self.index_number = index if isinstance(index, int) else None
        """The number of the key that blind indexes are made under; None where they have a key of their own."""
        self.numbers = frozenset(keys)
        """The numbers of the keys that values can be sealed under."""
        self._derived: dict[tuple[bytes, str], bytes] = {}
        self._ciphers: dict[tuple[int, str], AESGCM] = {}

    def seal(self, plain: bytes, *, purpose: str, bound_to: bytes) -> bytes:
        """Return version | key number | nonce | ciphertext and tag; it opens only with the same `bound_to`."""
        header = header_of(self.primary)
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._cipher(self.primary, purpose).encrypt(nonce, plain, header + bound_to)

    def open(self, sealed: bytes, *, purpose: str, bound_to: bytes) -> bytes:
        """Return what was sealed. Raises SealBroken, of which KeyMissing is one kind."""
        number = key_number(sealed)
        if number not in self._keys:
            raise KeyMissing(f"key {number} is not in the keyring")
        nonce, words = sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES], sealed[HEADER_BYTES + NONCE_BYTES :]
        try:
            return self._cipher(number, purpose).decrypt(nonce, words, sealed[:HEADER_BYTES] + bound_to)
        except InvalidTag as error:
            raise SealBroken("the value was altered, or belongs to another row, column or key") from error

    def index(self, column: str, value: str) -> bytes:
        """Return 16 bytes that equal values of one column share and that tell nothing without the key."""
        return hmac.digest(self._derive(self._of_indexes, f"index:{column}"), value.encode(), sha256)[:16]

    def derived(self, purpose: str, number: int | None = None) -> tuple[int, bytes]:
        """Return a key's number, of the primary key unless told, and the 32 bytes derived from it for a purpose.

        Raises KeyMissing.
        """
        number = self.primary if number is None else number
        if number not in self._keys:
            raise KeyMissing(f"key {number} is not in the keyring")
        return number, self._derive(self._keys[number], purpose)

    def check_value(self, number: int | None) -> bytes:
        """Return 8 bytes that tell a key from another of the same number, and nothing else; None: the key of indexes.

        Raises KeyMissing.
        """
        if number is None:
            return self._derive(self._of_indexes, "check of indexes")[:CHECK_BYTES]
        return self.derived("check", number)[1][:CHECK_BYTES]

    def _cipher(self, number: int, purpose: str) -> AESGCM:
        cipher = self._ciphers.get((number, purpose))
        if cipher is None:
            cipher = self._ciphers[number, purpose] = AESGCM(self._derive(self._keys[number], purpose))
        return cipher

    def _derive(self, master: bytes, purpose: str) -> bytes:
        derived = self._derived.get((master, purpose))
        if derived is None:
            derived = HKDF(SHA256(), KEY_BYTES, None, f"redress:{purpose}".encode()).derive(master)
            self._derived[master, purpose] = derived
        return derived


def header_of(number: int) -> bytes:
    """Return what every value begins with that is sealed under a key."""
    return VERSION + number.to_bytes(4, "big")


def key_number(sealed: bytes) -> int:
    """Return the number of the key that a value was sealed under. Raises SealBroken if it is in no sealed format."""
    if sealed[:1] != VERSION or len(sealed) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES:
        raise SealBroken("the value is not in a sealed format")
    return int.from_bytes(sealed[1:HEADER_BYTES], "big")


def keyring_of(ring: Ring) -> Keyring:
    """Return what seals and opens with the keys of a ring."""
    return Keyring(ring.keys, ring.primary, ring.index)


class _Live:
    """The keyring of this process, read again when its source has changed. Threads share it."""

    def __init__(self) -> None:
        self._held: Keyring | None = None
        self._stamp: Stamp | None = None
        self._next_look = self._not_before = 0.0
        self._reading = Lock()

    def current(self, *, look: bool) -> Keyring:
        """Return it as of at most a second ago; `look` asks for now. Raises KeyringUnusable only if there is none yet.

        One thread at a time looks. The others go on with what is held unless they need what it may lack.
        """
        held = self._held
        if held is not None and time.monotonic() < (self._not_before if look else self._next_look):
            return held
        if not self._reading.acquire(blocking=look or held is None) and held is not None:
            return held
        try:
            return self._looked_at()
        finally:
            self._reading.release()

    def forget(self) -> None:
        """Start afresh, as a process that has read no ring yet."""
        self._held, self._stamp, self._next_look, self._not_before = None, None, 0.0, 0.0

    def _looked_at(self) -> Keyring:
        self._next_look = time.monotonic() + LOOK_EVERY
        try:
            source = configured_source()
            stamp = source.stamp()
            if self._held is None or stamp != self._stamp:
                self._held, self._stamp = keyring_of(source.read()), stamp
        except KeyringUnusable as fault:
            if self._held is None:
                raise
            logger.error("The keyring has changed and cannot be read, so the former one goes on. %s", fault)  # noqa: TRY400
            self._next_look = self._not_before = time.monotonic() + TRY_AGAIN_AFTER
        return self._held


live = _Live()


def keyring(*, having: int | None = None) -> Keyring:
    """Return the keyring as its source has it now: a change is noticed within a second, or at once for a lacking key.

    So keys are added, promoted and destroyed while processes run. A ring that cannot be read leaves a process with the
    one it has. Raises KeyringUnusable if it has none yet.
    """
    ring = live.current(look=False)
    return ring if having is None or having in ring.numbers else live.current(look=True)
