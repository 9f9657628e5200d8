"""Small files that are whole: the least a PDF, a PNG and a JPG consist of."""


def pdf(size: int = 0) -> bytes:
    """Return a PDF of this many bytes."""
    head, tail = b"%PDF-1.7\n%", b"\nstartxref\n0\n%%EOF\n"
    return head + b"0" * (size - len(head) - len(tail)) + tail


def chunk(name: bytes, data: bytes = b"") -> bytes:
    """Return one chunk of a PNG."""
    return len(data).to_bytes(4) + name + data + b"\0" * 4


PDF = pdf()
PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13) + chunk(b"IDAT", b"0" * 64) + chunk(b"IEND")
JPG = (
    b"\xff\xd8"
    b"\xff\xe1\x00\x08Exif\xff\xd9"  # with the end of a preview in it
    b"\xff\xc0\x00\x04\x00\x00"
    b"\xff\xda\x00\x04\x00\x00" + b"0" * 64 + b"\xff\xd9"
)
