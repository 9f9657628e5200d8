"""Changes the file of the keyring: one process at a time, whole or not at all, and for its owner alone as before."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from members.privacy.keyring_sources import FileSource, configured_source, unwrap_with_kms
from members.privacy.ring import KeyringUnusable, Ring, write_ring

FRESH_MODE = 0o400


class RingFile:
    """The file while it is held; `ring` is None where there is none yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ring = FileSource(path).read() if path.exists() else None

    def put(self, ring: Ring) -> None:
        """Put a ring in its place: a reader sees the old file or the whole new one, also after a power cut.

        A run that is killed in between leaves a partial file, as private as the ring, which the next run removes.
        """
        text = write_ring(ring, unwrap_with_kms)
        former = self.path.stat() if self.ring is not None else None
        partial = self._partial()
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FRESH_MODE), "w") as file:
            if former is not None:
                os.fchown(file.fileno(), former.st_uid, former.st_gid)
                os.fchmod(file.fileno(), former.st_mode & 0o777)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)
        _sync(self.path.parent)
        self.ring = ring

    def _partial(self) -> Path:
        return self.path.with_name(f".{self.path.name}.partial")

    def clean(self) -> None:
        """Remove what a killed run left, if the folder lets us."""
        with suppress(OSError):
            self._partial().unlink(missing_ok=True)


@contextmanager
def held_ring() -> Iterator[RingFile]:
    """Hold the ring's file against other runs of `manage.py keys`. Raises KeyringUnusable."""
    source = configured_source()
    if not isinstance(source, FileSource):
        raise KeyringUnusable(
            "The keyring comes from REDRESS_KEYRING, which only your secret store can change. Change it there and"
            " restart; or put the ring into a file, name that in REDRESS_KEYRING_FILE and unset REDRESS_KEYRING."
        )
    path = source.path.resolve()
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            file = RingFile(path)
            file.clean()
            yield file
        finally:
            os.close(folder)
    except OSError as error:
        raise KeyringUnusable(
            f"The keyring {path} cannot be changed: {error.strerror}. Run this as its owner, where its folder can be"
            " written to and the disk has room. The ring is as it was."
        ) from error


def _sync(folder: Path) -> None:
    """Make the new name last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
