"""Where the keyring comes from: a file for its owner alone, or a variable; a KMS may hold the key to either."""

import base64
import binascii
import os
import shlex
import subprocess
from pathlib import Path
from typing import Protocol

from django.conf import settings

from members.privacy.ring import KEY_BYTES, KeyringUnusable, Ring, read_ring

KMS_LIMIT = 20  # s
OF_OTHERS = 0o077

Stamp = tuple[int, ...]


class Source(Protocol):
    """Gives the ring, and something that differs when the ring has changed."""

    def stamp(self) -> Stamp:
        """Return what changes with the ring, for the price of a stat. Raises KeyringUnusable."""

    def read(self) -> Ring:
        """Return the ring. Raises KeyringUnusable."""


class FileSource:
    """A file that nobody but its owner can read; the one source that `manage.py keys` can change."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stamp(self) -> Stamp:
        """Return which file it is, as of when, and its mode. Raises KeyringUnusable."""
        try:
            found = self.path.stat()
        except OSError as error:
            raise self._unreadable(error) from None
        return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode

    def read(self) -> Ring:
        """Return the ring. Raises KeyringUnusable, also for a file that others can read."""
        try:
            with self.path.open() as file:
                mode = os.fstat(file.fileno()).st_mode & 0o777
                if mode & OF_OTHERS:
                    raise KeyringUnusable(
                        f"The keyring {self.path} can be read by others (mode {mode:04o}), so it is not used."
                        f" Run: chmod 0400 {self.path}"
                    )
                return read_ring(file.read(), unwrap_with_kms)
        except OSError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: OSError) -> KeyringUnusable:
        return KeyringUnusable(
            f"The keyring {self.path} cannot be read: {error.strerror}. Put it back from its backup;"
            " for an installation that holds no data yet, make one with: manage.py keys add"
        )


class VariableSource:
    """The ring itself in REDRESS_KEYRING. A process keeps the one that it was started with."""

    def __init__(self, text: str) -> None:
        self._text = text

    def stamp(self) -> Stamp:
        """Return always the same."""
        return ()

    def read(self) -> Ring:
        """Return the ring. Raises KeyringUnusable."""
        return read_ring(self._text, unwrap_with_kms)


def configured_source() -> Source:
    """Return what the settings name; REDRESS_KEYRING goes before REDRESS_KEYRING_FILE."""
    if settings.KEYRING:
        return VariableSource(settings.KEYRING)
    return FileSource(settings.KEYRING_FILE)  # type: ignore[arg-type]  # the settings see to it that one of them is set


def unwrap_with_kms(envelope: bytes) -> bytes:
    """Return the key in an envelope: REDRESS_KMS_COMMAND reads the envelope and prints the key, as bytes or base64.

    Raises KeyringUnusable.
    """
    if not settings.KMS_COMMAND:
        raise KeyringUnusable(
            "The keys of the ring are wrapped by a KMS. Set REDRESS_KMS_COMMAND to the program that unwraps its"
            " envelope; see SECURITY.md."
        )
    command = shlex.split(settings.KMS_COMMAND)
    try:
        done = subprocess.run(command, input=envelope, capture_output=True, timeout=KMS_LIMIT, check=False)  # noqa: S603 -- the operator's own program
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KeyringUnusable(
            f"REDRESS_KMS_COMMAND ({command[0]}) did not answer: {type(error).__name__}. See that the KMS can be"
            " reached from here."
        ) from None
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise KeyringUnusable(
            f"REDRESS_KMS_COMMAND ({command[0]}) ended with status {done.returncode}: {''.join(words)} See that this"
            " machine may use the KMS key."
        )
    return _key_of(done.stdout, command[0])


def _key_of(printed: bytes, program: str) -> bytes:
    """Return the 32 bytes that a program printed, as they are or in base64."""
    if len(printed) == KEY_BYTES:
        return printed
    try:
        key = base64.b64decode(printed.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyringUnusable(
            f"REDRESS_KMS_COMMAND ({program}) printed no key. It has to print the 32 bytes that are in the envelope,"
            " or their base64, and nothing else."
        )
    return key
