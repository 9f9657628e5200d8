"""Small real files: what PDF, PNG, JPG and HEIC files consist of at least, and what must not be in them."""

from io import BytesIO
from random import Random

import pikepdf
from PIL import Image


def pdf(size: int = 0) -> bytes:
    """Return a PDF of one page, and of about this many bytes if they are more: noise, as a scan is."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(300, 300))
        if size:
            made.pages[0].Contents = made.make_stream(noise(size))
        return written(made)


def written(made: pikepdf.Pdf, **how) -> bytes:
    """Return a PDF as bytes."""
    file = BytesIO()
    made.save(file, compress_streams=False, **how)
    return file.getvalue()


def noise(size: int) -> bytes:
    """Return bytes that no compression makes fewer, the same each time."""
    return Random(7).randbytes(size)  # noqa: S311 -- no secret


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **how) -> bytes:
    """Return a picture, red on the left and blue on the right."""
    drawn = Image.new(mode, size, "red")
    drawn.paste("blue", (size[0] // 2, 0, *size))
    file = BytesIO()
    drawn.save(file, kind, **how)
    return file.getvalue()


PDF = pdf()
PNG = picture("PNG")
JPG = picture("JPEG")
