"""Which characters the letters' typefaces can draw. PDF/UA refuses a page with a character that has no shape."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FORBIDDEN = frozenset({0x0000, 0xFEFF, 0xFFFE})  # ISO 14289-1 7.21.7, even where a font has a shape for them
WINDOWS_FULL_UNICODE = (3, 10)
SHAPELESS = frozenset({"Cc", "Cf"})
VARIATION_SELECTORS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})


class TypefacesMissing(RuntimeError):
    """The asset build has not laid the letters' fonts ready."""


def cleaned(text: str, folder: Path) -> str:
    """Return the text without what has no shape of its own and that no font in `folder` draws.

    White space without a shape becomes a blank; control and formatting characters and variation selectors are
    dropped; line feeds stay.
    """
    drawn = _characters(folder)
    return "".join(
        character if character == "\n" or ord(character) in drawn else _shaped(character) for character in text
    )


def missing_signs(text: str, folder: Path) -> list[str]:
    """Return the characters of a cleaned text that no font in `folder` draws, each once, in their order."""
    drawn = _characters(folder)
    return list(dict.fromkeys(sign for sign in text if sign != "\n" and ord(sign) not in drawn))


def _shaped(character: str) -> str:
    if character.isspace():
        return " "
    shapeless = unicodedata.category(character) in SHAPELESS or ord(character) in VARIATION_SELECTORS
    return "" if shapeless else character


@cache
def _characters(folder: Path) -> frozenset[int]:
    """Return the code points that the upright regular faces in the folder cover."""
    faces = sorted(folder.glob("*_400Regular.ttf"))
    if not faces:
        message = f"No fonts in {folder}: run `npm ci && npm run build`, which lays them there."
        raise TypefacesMissing(message)
    return frozenset().union(*(_character_map(face.read_bytes()) for face in faces)) - FORBIDDEN


def _character_map(font: bytes) -> frozenset[int]:
    """Read the segments of a TrueType font's full character map (OpenType specification, `cmap`, format 12)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    directory = (struct.unpack_from(">4sIII", font, 12 + 16 * place) for place in range(tables))
    start = next(offset for tag, _checksum, offset, _length in directory if tag == b"cmap")
    encodings = struct.unpack_from(">H", font, start + 2)[0]
    records = (struct.unpack_from(">HHI", font, start + 4 + 8 * place) for place in range(encodings))
    subtable = start + next(offset for *kind, offset in records if tuple(kind) == WINDOWS_FULL_UNICODE)
    groups = struct.unpack_from(">I", font, subtable + 12)[0]
    segments = (struct.unpack_from(">III", font, subtable + 16 + 12 * place) for place in range(groups))
    return frozenset(point for first, last, _glyph in segments for point in range(first, last + 1))
