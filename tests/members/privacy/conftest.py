"""Keyrings of a test's own."""

import secrets
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from members.privacy.keyring import live
from members.privacy.keyring_sources import configured_source
from members.privacy.ring import KEY_BYTES, Ring, read_ring, write_ring


def no_kms(_envelope: bytes) -> bytes:
    raise AssertionError("nothing is wrapped here")


def put_ring(path: Path, ring: Ring, *, mode: int = 0o400) -> None:
    """Replace the file by hand, as an operator would."""
    partial = path.with_suffix(".new")
    partial.write_text(write_ring(ring, no_kms))
    partial.chmod(mode)
    partial.replace(path)


@dataclass(frozen=True)
class RingInUse:
    """The file that this process takes its keys from; `number` is the key that it began with."""

    path: Path
    number: int

    @property
    def ring(self) -> Ring:
        return read_ring(self.path.read_text(), no_kms)


@pytest.fixture
def in_use(tmp_path, settings) -> Iterator[RingInUse]:
    """Let the process take its keys from a file of this test.

    Its key has a number that no other test has: the test database remembers each that it was sealed under. The key of
    indexes is the one of before, for the same reason.
    """
    former = configured_source().read()
    index = former.index if isinstance(former.index, bytes) else former.keys[former.index or former.primary]
    number = 1_000 + 10 * secrets.randbelow(100_000_000)
    path = tmp_path / "ring" / "keyring.json"
    path.parent.mkdir()
    put_ring(path, Ring({number: secrets.token_bytes(KEY_BYTES)}, number, index))
    settings.KEYRING, settings.KEYRING_FILE = "", path
    live.forget()
    yield RingInUse(path, number)
    live.forget()


@pytest.fixture
def kms(tmp_path, settings):
    """Let openssl be the KMS: return an envelope that only its private key opens, and the key that is in it."""
    private, key = tmp_path / "kms.pem", secrets.token_bytes(32)
    oaep = ["-pkeyopt", "rsa_padding_mode:oaep", "-inkey", str(private)]
    subprocess.run(["openssl", "genrsa", "-out", str(private), "2048"], check=True, capture_output=True)  # noqa: S603, S607
    wrap = ["openssl", "pkeyutl", "-encrypt", *oaep]
    envelope = subprocess.run(wrap, input=key, check=True, capture_output=True).stdout  # noqa: S603
    settings.KMS_COMMAND = shlex.join(["openssl", "pkeyutl", "-decrypt", *oaep])
    return envelope, key
