"""Names stay readable, and deceive nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.files.names import LONGEST, clean_name
from tests.shared_data import NAUGHTY, needs_naughty


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("bill “June” (2).pdf", "bill “June” (2).pdf"),
        ("Rechnung Müller.pdf", "Rechnung Müller.pdf"),
        ("صورة.jpg", "صورة.jpg"),
        ("账单.pdf", "账单.pdf"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("two\r\nlines\t.pdf", "two lines .pdf"),
        ("\u2066a\u2069\ufeff\u200b.pdf", "a.pdf"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\scans\\bill.pdf", "C: scans bill.pdf"),
        ("bell\x07\x00.pdf", "bell .pdf"),
        ("", "file"),
        ("\u202e\n", "file"),
        (" . ", "file"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
    ],
)
def test_a_name_loses_what_deceives_and_keeps_the_rest(sent, kept):
    assert clean_name(sent) == kept


def test_a_long_name_keeps_its_ending():
    name = clean_name("x" * 500 + ".pdf")
    assert len(name) == LONGEST
    assert name.endswith("x….pdf")
    assert len(clean_name("x" * 500)) == LONGEST
    assert len(clean_name("a." + "x" * 500)) == LONGEST


@given(st.text())
def test_whatever_the_name_it_is_one_line_of_seen_signs(name):
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= LONGEST
    assert len(cleaned.splitlines()) == 1
    assert clean_name(cleaned) == cleaned
    assert all(sign.isprintable() or sign in "\u200c\u200d" for sign in cleaned)


@needs_naughty
def test_naughty_strings_make_names():
    assert all(clean_name(name) for name in NAUGHTY)
