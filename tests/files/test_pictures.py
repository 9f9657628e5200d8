"""Pictures are drawn anew: what was beside them is gone, and what they show is not."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from complaints.files.cleaning import taken
from complaints.files.kinds import HEIC, JPEG, PNG, FileRefused
from complaints.files.pictures import clean_picture
from tests.intake import papers
from tests.shared_data import SAMPLES, needs

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def read(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def telling() -> bytes:
    """Return a photo that tells where, with what and by whom it was taken, lying on its side."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "Telltale"
    exif.get_ifd(GPS)[1] = "N"
    return papers.picture(
        "JPEG",
        exif=exif.tobytes(),
        comment=b"by Joseph K",
        xmp=b"<x:xmpmeta>Secret</x:xmpmeta>",
        icc_profile=b"ICC" * 99,
    )


def test_a_photo_keeps_no_word_about_place_camera_or_author_and_stands_upright():
    sent = telling()
    assert b"Telltale" in sent
    kept = clean_picture("photo.jpg", JPEG, sent)
    for content in (kept.content, kept.preview):
        picture = read(content)
        assert dict(picture.getexif()) == {}
        assert not {"exif", "xmp", "comment", "icc_profile", "photoshop"} & picture.info.keys()
        assert not any(word in content for word in (b"Telltale", b"Joseph", b"Secret", b"Exif", b"ICC"))
        assert picture.size == (30, 40)
    red, _green, blue = read(kept.content).getpixel((15, 2))
    assert red > 200, "the left side is the upper one now"
    assert blue < 60, "the left side is the upper one now"


def test_a_screenshot_keeps_no_words_beside_it():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Joseph K")
    words.add_itxt("XML:com.adobe.xmp", "Secret", zip=True)
    sent = papers.picture("PNG", pnginfo=words)
    kept = clean_picture("card.png", PNG, sent).content
    assert b"Joseph" in sent
    assert read(kept).info == {}
    assert [name for name, _data in chunks(kept)] == [b"IHDR", b"IDAT", b"IEND"]


def chunks(png: bytes):
    place = 8
    while place < len(png):
        size = int.from_bytes(png[place : place + 4])
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        place += size + 12


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "1"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
    ],
)
def test_pictures_of_every_kind_of_pixels_are_taken(kind, mode):
    drawn = Image.new(mode, (40, 30))
    file = BytesIO()
    drawn.save(file, kind)
    kept = taken("scan", file.getvalue())
    assert read(kept.content).size == (40, 30)
    assert read(kept.preview).format == "JPEG"


def test_what_is_transparent_stays_so_and_is_white_in_the_small_picture():
    file = BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(file, "PNG")
    kept = clean_picture("logo.png", PNG, file.getvalue())
    assert read(kept.content).getpixel((0, 0))[3] == 0
    assert read(kept.preview).getpixel((0, 0)) == (255, 255, 255)


def test_only_the_first_picture_of_a_film_is_kept():
    file = BytesIO()
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "blue")]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    assert getattr(read(clean_picture("film.png", PNG, file.getvalue()).content), "n_frames", 1) == 1


def test_a_photo_of_a_telephone_becomes_a_jpeg_under_its_own_name():
    sent = papers.picture("HEIF")
    kept = taken("IMG_0001.HEIC", sent)
    assert (kept.name, kept.media_type) == ("IMG_0001.jpg", JPEG)
    assert read(kept.content).size == (40, 30)


@needs(SAMPLES)
def test_a_heic_file_that_breaks_off_inside_is_refused():
    whole = (SAMPLES / "filetype__sample.heic").read_bytes()
    with pytest.raises(FileRefused, match="damaged or incomplete"):
        clean_picture("photo.heic", HEIC, whole[: len(whole) // 2])


def png_of(width: int, height: int, lines: bytes) -> bytes:
    """Return a PNG that says to be so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", lines), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    bomb = png_of(50_000, 50_000, zlib.compress(bytes(1024**2)))
    assert len(bomb) < 3000
    with pytest.raises(FileRefused, match="more than 64 million pixels"):
        clean_picture("bomb.png", PNG, bomb)


def test_a_picture_that_says_to_be_smaller_than_its_data_is_no_bomb_either():
    sent = png_of(4, 4, zlib.compress(bytes(64 * 1024**2)))
    kept = clean_picture("small.png", PNG, sent)
    assert len(kept.content) < 200


def test_words_that_unpack_to_megabytes_are_refused():
    packed = zlib.compress(b"x" * 128 * 1024**2)
    name = b"zTXt"
    data = b"Comment\0\0" + packed
    chunk = struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    with pytest.raises(FileRefused, match="damaged"):
        clean_picture("words.png", PNG, papers.PNG[:33] + chunk + papers.PNG[33:])


@pytest.mark.parametrize("stowaway", [b"<script>alert(1)</script>", papers.PDF, b"PK\x03\x04 a packed page"])
@pytest.mark.parametrize("sent", [papers.JPG, papers.PNG])
def test_a_file_that_is_two_things_is_one_afterwards(sent, stowaway):
    kept = taken("two.jpg", sent + stowaway)
    assert stowaway[:12] not in kept.content
