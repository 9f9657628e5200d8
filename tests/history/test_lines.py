"""Files: packed or plain, whole or damaged."""

import gzip
from io import BufferedReader, BytesIO

import pytest

from complaints.history.lines import FileUnreadable, batches, count_lines, numbered_lines, unpacked
from complaints.history.records import LONGEST_LINE


def read(content):
    return list(numbered_lines(unpacked(BufferedReader(BytesIO(content)))))


def test_lines_are_numbered_from_one_and_blank_ones_are_left_out():
    assert read(b"a\n\n  \nb") == [(1, b"a\n"), (4, b"b")]


def test_a_packed_file_is_known_by_its_bytes():
    assert read(gzip.compress(b"a\nb\n")) == [(1, b"a\n"), (2, b"b\n")]


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    assert read(b"\xef\xbb\xbfa\n") == [(1, b"a\n")]


def test_an_empty_file_has_no_lines():
    assert read(b"") == []


def test_of_an_endless_line_only_the_beginning_is_kept():
    found = read(b"a" * (5 * LONGEST_LINE) + b"\nb\n")
    assert [(number, len(text)) for number, text in found] == [(1, LONGEST_LINE + 1), (2, 2)]


def test_a_packed_file_that_is_cut_off_is_read_as_far_as_it_goes():
    packed = gzip.compress(b"".join(b"%d\n" % number for number in range(100_000)))
    found = []
    with pytest.raises(FileUnreadable) as refusal:
        found.extend(line for line in numbered_lines(unpacked(BufferedReader(BytesIO(packed[: len(packed) // 2])))))
    assert "cannot be read from line" in str(refusal.value)
    assert count_lines(unpacked(BufferedReader(BytesIO(packed[: len(packed) // 2])))) > 0


def test_a_damaged_packed_file_is_refused():
    packed = bytearray(gzip.compress(b"a\n" * 10_000, mtime=0))
    packed[20] ^= 0xFF
    with pytest.raises(FileUnreadable):
        read(bytes(packed))


def test_lines_come_in_batches():
    assert [len(batch) for batch in batches(iter(read(b"a\n" * 5)), 2)] == [2, 2, 1]


def test_counting_counts_what_reading_finds():
    assert count_lines(BytesIO(b"a\nb\nc\n")) == 3
