"""Photos and scans: decoded, turned upright, and drawn anew, so that only the picture itself is kept."""

import struct
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType

from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from pillow_heif import HeifImagePlugin  # noqa: F401 -- lets Pillow open HEIC

from complaints.files.kinds import HEIC, JPEG, PNG, FileRefused, damaged

MOST_PIXELS = 64 * 1024**2
"""Above what telephones take in their usual modes; decoded it is 192 MB, for the time of one upload."""
FORMATS = MappingProxyType({JPEG: ("JPEG", "MPO"), PNG: ("PNG",), HEIC: ("HEIF",)})
KEPT_MODES = MappingProxyType({JPEG: {"L", "RGB"}, PNG: {"1", "L", "LA", "RGB", "RGBA", "I;16"}})
QUALITY, PREVIEW_QUALITY = 90, 75
PREVIEW = (320, 320)
FAULTS = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, MemoryError)
"""What Pillow's decoders raise over broken files."""

Image.MAX_IMAGE_PIXELS = None  # its limit warns at half and refuses at double; ours is asked before anything is decoded


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture without anything beside it, and a small one to recognise it by, a JPEG."""

    media_type: str
    content: bytes
    preview: bytes


def clean_picture(name: str, media_type: str, content: bytes) -> Picture:
    """Return the picture drawn anew; HEIC becomes JPEG, which every browser shows. Raises FileRefused with the cure.

    Place, camera, author, comments, colour profile and further frames are gone: none of them is drawn.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS[media_type]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels(name)
            drawn = _upright(picture)
    except FileRefused:
        raise
    except FAULTS as error:
        raise damaged(name) from error
    kept = PNG if media_type == PNG else JPEG
    return Picture(kept, _encoded(drawn, kept), _encoded(_small(drawn), JPEG, quality=PREVIEW_QUALITY))


def _upright(picture: Image.Image) -> Image.Image:
    """Return the picture as it is meant to be seen, with nothing but its pixels."""
    ImageOps.exif_transpose(picture, in_place=True)  # a copy of a large one would be another 200 MB
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    picture.info = {}
    return picture


def _encoded(picture: Image.Image, media_type: str, quality: int = QUALITY) -> bytes:
    file = BytesIO()
    if media_type == PNG:
        _in_mode(picture, PNG).save(file, "PNG", compress_level=1)
    else:
        _in_mode(picture, JPEG).save(file, "JPEG", quality=quality)
    return file.getvalue()


def _in_mode(picture: Image.Image, media_type: str) -> Image.Image:
    """Return the picture with such pixels as the type can hold; what was transparent is white in a JPEG."""
    if picture.mode in KEPT_MODES[media_type]:
        return picture
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    if media_type == PNG:
        return layered
    return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")


def _small(picture: Image.Image) -> Image.Image:
    scale = min(1, *(most / side for most, side in zip(PREVIEW, picture.size, strict=True)))
    smooth = picture.convert("L") if picture.mode in {"1", "I;16"} else picture
    return smooth.resize([max(1, round(side * scale)) for side in picture.size], reducing_gap=2)


def _too_many_pixels(name: str) -> FileRefused:
    return FileRefused(
        _(
            "“%(name)s” is a picture with more than %(most)s million pixels. Save a smaller copy of it and choose that"
            " file."
        )
        % {"name": name, "most": MOST_PIXELS // 1024**2}
    )
