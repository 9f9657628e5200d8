"""Sealed streams: whatever is done to one, it does not open, and nothing of it is told."""

from io import BytesIO

import pytest

from members.privacy.file_stream import (
    HEADER_BYTES,
    PIECE_BYTES,
    new_file_key,
    open_stream,
    seal_stream,
    sealed_size,
)
from members.privacy.keyring import TAG_BYTES, SealBroken

KEY, ROW = new_file_key(), b"table|column|row"
SEALED_PIECE = PIECE_BYTES + TAG_BYTES
THREE = bytes(range(256)) * (2 * PIECE_BYTES // 256) + b"the end"


def sealed(content: bytes, *, key: bytes = KEY, bound_to: bytes = ROW) -> bytes:
    return b"".join(seal_stream(content, key=key, bound_to=bound_to))


def opened(stream: bytes, *, key: bytes = KEY, bound_to: bytes = ROW) -> bytes:
    return b"".join(open_stream(BytesIO(stream).read, key=key, bound_to=bound_to))


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
def test_what_was_sealed_opens_and_takes_as_much_room_as_was_said(size):
    content = bytes(size)
    stream = sealed(content)
    assert opened(stream) == content
    assert len(stream) == sealed_size(size)


def test_the_same_file_is_sealed_differently_each_time():
    assert sealed(THREE)[:SEALED_PIECE] != sealed(THREE)[:SEALED_PIECE]


def pieces(stream: bytes) -> list[bytes]:
    body = stream[HEADER_BYTES:]
    return [body[start : start + SEALED_PIECE] for start in range(0, len(body), SEALED_PIECE)]


def joined(stream: bytes, *order: int) -> bytes:
    return stream[:HEADER_BYTES] + b"".join(pieces(stream)[number] for number in order)


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[: HEADER_BYTES + 2 * SEALED_PIECE],
        lambda whole: whole[:HEADER_BYTES],
        lambda whole: whole[: HEADER_BYTES - 1],
        lambda _whole: b"",
        lambda whole: whole + b"x",
        lambda whole: whole + pieces(whole)[-1],
        lambda whole: joined(whole, 1, 0, 2),
        lambda whole: joined(whole, 0, 0, 1, 2),
        lambda whole: joined(whole, 0, 2),
        lambda whole: joined(whole, 2),
        lambda whole: b"X" + whole[1:],
        lambda whole: whole[:10] + bytes([whole[10] ^ 1]) + whole[11:],
        lambda whole: whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:],
    ],
    ids=[
        "cut by a byte", "cut at a piece", "without a piece", "without a header", "empty", "a byte more",
        "a piece more", "two pieces swapped", "a piece twice", "a piece left out", "the end alone", "another kind",
        "another salt", "a bit turned",
    ],
)  # fmt: skip
def test_a_stream_that_was_tampered_with_does_not_open(change):
    with pytest.raises(SealBroken):
        opened(change(sealed(THREE)))


def test_a_stream_does_not_open_in_another_place_or_under_another_key():
    for wrong in ({"bound_to": b"table|column|another"}, {"key": new_file_key()}):
        with pytest.raises(SealBroken):
            opened(sealed(b"words"), **wrong)


def test_pieces_of_two_streams_under_one_key_do_not_mix():
    one, other = sealed(THREE), sealed(THREE)
    with pytest.raises(SealBroken):
        opened(one[: HEADER_BYTES + SEALED_PIECE] + other[HEADER_BYTES + SEALED_PIECE :])
