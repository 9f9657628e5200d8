"""A backup as a file: `MAGIC | number of its key`, then a sealed stream (`members.privacy.file_stream`) of entries.

An entry is a head, one JSON object, and content of any length; both in frames of `length (4) | bytes`, ended by an
empty one. So everything is written and read in one go, in the memory of a few pieces, and never in clear on a disk.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from members.backup.refusals import BackupBroken, BackupRefused
from members.privacy.file_stream import PIECE_BYTES, open_stream, seal_pieces
from members.privacy.keyring import KeyMissing, SealBroken, keyring

PURPOSE = "backup"
MAGIC = b"RDRB\x01"
NUMBER_BYTES = LENGTH_BYTES = 4
HEADER_BYTES = len(MAGIC) + NUMBER_BYTES
FRAME_BYTES = 256 * 1024

Head = dict[str, Any]


def sealed(entries: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the file under the primary key of the ring. Raises KeyringUnusable."""
    number, key = keyring().derived(PURPOSE)
    header = MAGIC + number.to_bytes(NUMBER_BYTES, "big")
    yield header
    yield from seal_pieces(_in_pieces(entries, PIECE_BYTES), key=key, bound_to=header)


def opened(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield what is sealed in a file, piece by piece, each of them proven.

    Raises BackupBroken at the first piece that is not what was written there, BackupRefused if the ring lacks the key,
    OSError.
    """
    header = read(HEADER_BYTES)
    if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
        raise BackupBroken("This file is no backup, or its beginning is lost.")
    number = int.from_bytes(header[len(MAGIC) :], "big")
    try:
        _, key = keyring(having=number).derived(PURPOSE, number)
    except KeyMissing:
        raise BackupRefused(
            f"The backup is sealed under key {number}, which the ring lacks. Put the ring of that time back from its"
            " own backup; no backup of the database holds it."
        ) from None
    try:
        yield from open_stream(read, key=key, bound_to=header)
    except SealBroken:
        raise BackupBroken(
            "The backup was altered or cut off, or was made with another ring. Take another one."
        ) from None


def entry(head: Head, content: Iterable[bytes] = ()) -> Iterator[bytes]:
    """Yield one entry in its frames."""
    yield _frame(json.dumps(head).encode())
    for piece in _in_pieces(content, FRAME_BYTES):
        yield _frame(piece)
    yield _frame(b"")


class Entries:
    """The entries of a backup, in their order. The content of one has to be read before the next is asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, bytearray()

    def __iter__(self) -> Iterator[tuple[Head, Iterator[bytes]]]:
        """Give head and content of each. Raises as `opened` does."""
        while head := self._next_frame(may_end=True):
            yield json.loads(head), self._content()

    def _content(self) -> Iterator[bytes]:
        while piece := self._next_frame():
            yield piece

    def _next_frame(self, *, may_end: bool = False) -> bytes:
        if may_end and not self._held and not self._more():
            return b""
        return self._take(int.from_bytes(self._take(LENGTH_BYTES), "big"))

    def _take(self, size: int) -> bytes:
        while len(self._held) < size:
            if not self._more():
                raise BackupBroken("The backup ends in the middle of an entry.")
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def _more(self) -> bool:
        piece = next(self._pieces, b"")
        self._held += piece
        return bool(piece)


def _frame(data: bytes) -> bytes:
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def _in_pieces(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of one size; the last may be smaller."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)
