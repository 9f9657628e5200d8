"""Words that stand nowhere else, typed in place of what people would type; and every form in which one could be kept.

All begin alike, so that one look finds whichever it is; the letters that follow tell where it was typed.
"""

import base64
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from string import ascii_lowercase

WORD, DIGITS = "Qzvkanar", "7719041385"
PLANTED = "Wqyplanted"
"""What the search itself puts in clear in every place: it has to be found there."""
STREAMS = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x9c\xda]")
MOST_UNPACKED = 16 * 1024 * 1024


class Canaries:
    """Makes them, and knows where each was typed."""

    def __init__(self) -> None:
        self.typed: dict[str, str] = {}

    def word(self, where: str) -> str:
        """Return a word for what is typed there; it passes for a name, and for a part of sentences and file names."""
        number = len(self.typed)
        return self._made(WORD + ascii_lowercase[number // 26] + ascii_lowercase[number % 26], where)

    def email(self, where: str) -> str:
        """Return an e-mail address."""
        return f"{self.word(where)}@example.org"

    def number(self, where: str) -> str:
        """Return a number of thirteen digits, such as of a phone or a member."""
        return self._made(f"{DIGITS}{len(self.typed):03}", where)

    def forms(self) -> list[str]:
        """Return the addresses of the forms that something was typed into."""
        pages = {where.split()[0] for where in self.typed.values() if where.startswith("/")}
        return sorted(page.partition("?")[0] for page in pages)

    def _made(self, canary: str, where: str) -> str:
        self.typed[canary] = where
        return canary


def found(content: bytes, marker: str) -> set[str]:
    """Return the forms in which words that begin with the marker stand there; of plain ones, the words themselves."""
    packed = b"\n".join(_unpacked(content))
    return {name for each in (content, packed) for name in _found(each, marker)}


def _found(content: bytes, marker: str) -> Iterator[str]:
    lowered, word = content.lower(), marker.lower().encode()
    for match in set(re.findall(re.escape(word) + rb"(?:[a-z]{2}|[0-9]{3}|)", lowered)):
        yield match.decode(errors="replace")
    if marker.lower().encode("utf-16-le") in lowered:
        yield "utf-16"
    if word[::-1] in lowered:
        yield "reversed"
    for text in {marker.encode(), marker.lower().encode(), marker.upper().encode()}:
        if text.hex().encode() in lowered:
            yield "hex"
        if text.hex("%").encode() in lowered:
            yield "escaped"
        if any(part in content for part in _in_base64(text)):
            yield "base64"


def _in_base64(text: bytes) -> Iterator[bytes]:
    """Yield what stays the same in base64 whatever stands before and after: once for each place in a group of three."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + text + bytes(3))
        yield encoded[-(-before * 8 // 6) : (before + len(text)) * 8 // 6]


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield whatever in it was packed by gzip or zlib."""
    for match in STREAMS.finditer(content):
        with suppress(zlib.error):
            yield zlib.decompressobj(47).decompress(content[match.start() : match.start() + 2**20], MOST_UNPACKED)
