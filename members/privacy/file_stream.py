"""A file as a sealed stream: pieces of 1 MiB under AES-256-GCM; none can be altered, moved, doubled or cut off.

`MAGIC | salt (32) | prefix (7)`, then for each piece its ciphertext and tag. A piece's nonce is the prefix, its number
and whether it is the last one: so the order of pieces and the end of the file are proven, as in STREAM (Hoang et al.,
2015). The key is derived from the file's own one, the salt and what the file is bound to.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import count

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from members.privacy.keyring import KEY_BYTES, TAG_BYTES, SealBroken

MAGIC = b"RDRF\x01"
SALT_BYTES, PREFIX_BYTES, COUNTER_BYTES = 32, 7, 4
HEADER_BYTES = len(MAGIC) + SALT_BYTES + PREFIX_BYTES
PIECE_BYTES = 1024**2


def new_file_key() -> bytes:
    """Return a key for one file; its row keeps it under seal."""
    return os.urandom(KEY_BYTES)


def sealed_size(size: int) -> int:
    """Return how many bytes a file of `size` bytes has under seal."""
    pieces = max(1, -(-size // PIECE_BYTES))
    return HEADER_BYTES + size + pieces * TAG_BYTES


def seal_stream(content: bytes, *, key: bytes, bound_to: bytes) -> Iterator[bytes]:
    """Yield the sealed stream piece by piece; it opens only with the same key and `bound_to`."""
    view = memoryview(content)
    pieces = (view[start : start + PIECE_BYTES] for start in range(0, len(view), PIECE_BYTES))
    yield from seal_pieces(pieces, key=key, bound_to=bound_to)


def seal_pieces(pieces: Iterable[bytes | memoryview], *, key: bytes, bound_to: bytes) -> Iterator[bytes]:
    """Yield the sealed stream of pieces that have PIECE_BYTES each, but for the last, and whose end nobody knows."""
    salt, prefix = os.urandom(SALT_BYTES), os.urandom(PREFIX_BYTES)
    yield MAGIC + salt + prefix
    cipher, coming = _cipher(key, salt, bound_to), iter(pieces)
    piece = next(coming, b"")
    for number in count():
        following = next(coming, None)
        yield cipher.encrypt(_nonce(prefix, number, is_last=following is None), piece, None)
        if following is None:
            return
        piece = following


def open_stream(read: Callable[[int], bytes], *, key: bytes, bound_to: bytes) -> Iterator[bytes]:
    """Yield the content piece by piece, each of them proven. `read(n)` gives up to n bytes, fewer only at the end.

    Raises SealBroken at the first piece that is not what was sealed in its place; a stream that was cut off is found
    at its end at the latest, so nobody may take what came for whole before the last piece.
    """
    header = read(HEADER_BYTES)
    if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
        raise SealBroken("the file is not a sealed stream")
    salt, prefix = header[len(MAGIC) : -PREFIX_BYTES], header[-PREFIX_BYTES:]
    cipher = _cipher(key, salt, bound_to)
    piece, number = read(PIECE_BYTES + TAG_BYTES), 0
    while True:
        following = read(PIECE_BYTES + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(prefix, number, is_last=not following), piece, None)
        except InvalidTag as error:
            raise SealBroken("the file was altered or cut off, or belongs to another row") from error
        if not following:
            return
        piece, number = following, number + 1


def _cipher(key: bytes, salt: bytes, bound_to: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, b"redress:file|" + MAGIC + bound_to).derive(key))


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(COUNTER_BYTES, "big") + bytes([is_last])
