"""A file of lines, packed or not: read one by one, each with its number, in constant memory. Plain Python."""

import gzip
import zlib
from collections.abc import Iterator
from io import BufferedReader
from itertools import islice
from typing import BinaryIO

from complaints.history.records import LONGEST_LINE

GZIP_MAGIC = b"\x1f\x8b"
BLOCK = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Line = tuple[int, bytes]


class FileUnreadable(ValueError):
    """The file as a whole cannot be read, or no further; the message says from where."""


def unpacked(raw: BufferedReader) -> BinaryIO:
    """Return a stream of the plain bytes; whether they are packed is seen from the first two, not from a name."""
    return gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == GZIP_MAGIC else raw


def numbered_lines(stream: BinaryIO) -> Iterator[Line]:
    """Yield number and bytes of each line that is not blank. Of a line that is too long only the beginning is kept.

    Raises FileUnreadable where a packed file is damaged or cut off.
    """
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(LONGEST_LINE + 1)
            rest = line
            while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
                rest = stream.readline(LONGEST_LINE + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise FileUnreadable(f"cannot be read from line {number} on: {error}") from error
        if not line:
            return
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        if not line.isspace():
            yield number, line


def batches(lines: Iterator[Line], size: int) -> Iterator[list[Line]]:
    """Yield lines in lists of this size, also the last ones before a file turns out to be damaged."""
    while True:
        batch: list[Line] = []
        try:
            batch.extend(islice(lines, size))  # what came before an error stays in the list
        except FileUnreadable:
            yield batch
            raise
        if not batch:
            return
        yield batch


def count_lines(stream: BinaryIO) -> int:
    """Return how many lines there are, for a progress bar: a damaged file is only counted as far as it can be read."""
    count = 0
    try:
        while block := stream.read(BLOCK):
            count += block.count(b"\n")
    except (EOFError, OSError, zlib.error):
        pass
    return count
