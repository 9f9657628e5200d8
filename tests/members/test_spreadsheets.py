"""Tables as CSV."""

import csv

import pytest

from members.spreadsheets import csv_text


def test_a_file_has_a_heading_line_and_the_words_as_they_are():
    text = csv_text(["Cause", "Complaints"], [["Späte, “teure” Zahlung\nund mehr", 3], [None, 0]])
    assert text.startswith("\ufeff")
    assert list(csv.reader(text[1:].splitlines(keepends=True))) == [
        ["Cause", "Complaints"],
        ["Späte, “teure” Zahlung\nund mehr", "3"],
        ["", "0"],
    ]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(formula):
    rows = list(csv.reader(csv_text(["Title"], [[formula]])[1:].splitlines(keepends=True), strict=False))
    assert rows[1][0].startswith("'")


def test_a_negative_number_stays_a_number():
    assert csv_text(["Days"], [[-3]]).endswith("-3\r\n")
