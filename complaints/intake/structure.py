"""Whether a file is whole: by its skeleton, without drawing it, so that nothing in it is ever run."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

PDF_TAIL = 1024
"""Readers look for the end of a PDF in its last so many bytes. Source: ISO 32000-1, annex H.3, note 18."""
PNG_SIGNATURE = 8
CHUNK_FRAME = 12
"""A PNG chunk is its length, its name, its data and a check sum; all but the data take this many bytes."""
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""
JPEG_SCAN, JPEG_END = 0xDA, b"\xff\xd9"


def is_whole(media_type: str, content: bytes) -> bool:
    """Tell whether a file of one of the types we take has a beginning, a middle and an end.

    Bytes after the end are allowed: cameras and mail programs put some there.
    """
    return CHECKS[media_type](content)


def _is_whole_pdf(content: bytes) -> bool:
    tail = content.rstrip(b"\0\t\n\f\r ")[-PDF_TAIL:]
    table = tail.rfind(b"startxref")
    return -1 < table < tail.rfind(b"%%EOF")


def _is_whole_png(content: bytes) -> bool:
    place, names = PNG_SIGNATURE, []
    while place + CHUNK_FRAME <= len(content) and b"IEND" not in names:
        names.append(content[place + 4 : place + 8])
        place += CHUNK_FRAME + int.from_bytes(content[place : place + 4])
    return names[:1] == [b"IHDR"] and names[-1] == b"IEND" and b"IDAT" in names


def _is_whole_jpeg(content: bytes) -> bool:
    """Go from segment to segment, past the preview that may hide in one, to the picture; it must have an end."""
    place, has_frame = 2, False
    while content[place : place + 1] == b"\xff" and place + 4 <= len(content):
        marker = content[place + 1]
        if marker == JPEG_SCAN:
            return has_frame and JPEG_END in content[place:]
        has_frame |= marker in JPEG_FRAMES
        if marker == 0xFF:  # noqa: PLR2004 -- a filling byte
            place += 1
        else:
            place += 2 if marker in JPEG_BARE else 2 + int.from_bytes(content[place + 2 : place + 4])
    return False


CHECKS: Mapping[str, Callable[[bytes], bool]] = MappingProxyType(
    {"application/pdf": _is_whole_pdf, "image/jpeg": _is_whole_jpeg, "image/png": _is_whole_png}
)
