"""Lines of a file: what is taken, and what is refused with which words."""

import json
from datetime import date
from decimal import Decimal

import pytest

from complaints.history.records import LONGEST_LINE, RecordRefused, read_record
from tests.history.records import TODAY, facts, line


def without(name):
    return json.dumps({key: value for key, value in facts().items() if key != name}).encode()


def test_a_line_tells_dates_labels_and_money():
    record = read_record(line(7, reasons=[["A", "B"], ["A", "B"], ["A", "C"]]), today=TODAY)
    assert (record.key, record.opened_on, record.closed_on) == ("T-00007", date(2023, 1, 9), date(2023, 1, 16))
    assert record.reasons == (("A", "B"), ("A", "C"))
    assert record.recoveries == {"Made Up Mutual": Decimal("12.5")}


def test_all_that_a_line_tells_is_kept_also_what_nobody_asked_for():
    assert read_record(line(moon_phase="full"), today=TODAY).facts == facts(moon_phase="full")


def test_an_amount_is_taken_to_the_cent():
    record = read_record(line(recoveries=[["A", 234673.62], ["B", 0.1], ["C", 7]]), today=TODAY)
    assert record.recoveries == {"A": Decimal("234673.62"), "B": Decimal("0.1"), "C": Decimal(7)}


def test_a_company_listed_twice_with_one_amount_paid_once():
    record = read_record(line(recoveries=[["A", 10.0], ["A", 10.0]]), today=TODAY)
    assert record.recoveries == {"A": Decimal(10)}


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"{", "not JSON at column 2"),
        (b"\xff{}", "not UTF-8 at byte 1"),
        (b"[" * 100_000, "nested too deeply"),
        (line(moon=json.loads("[" * 60 + "]" * 60)), "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "holds a number that is none"),
        (b'{"a": NaN}', "holds a number that is none"),
        (b'{"a": 1e999}', "holds a number that is none"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"a": "\\u0000"}', "NUL character"),
        (b"[]", "expected an object in braces, found a list"),
        (b"null", "expected an object in braces, found null"),
        (b'"' + b"a" * LONGEST_LINE + b'"', "longer than 1,048,576 bytes"),
        (without("file_no"), "file_no is missing"),
        (without("opened"), "opened is missing"),
        (without("reasons"), "reasons is missing"),
        (line(file_no=7000812), "file_no: expected text, found a number"),
        (line(file_no="  "), "file_no: expected 1 to 80 characters, found 0"),
        (line(file_no="7" * 81), "file_no: expected 1 to 80 characters, found 81"),
        (line(opened="2023-02-29"), "opened: '2023-02-29' is no date"),
        (line(opened="20230102"), "opened: '20230102' is no date"),
        (line(opened="2023-01-02T10:00"), "is no date"),
        (line(closed=None), "closed: expected text, found null"),
        (line(opened="2023-03-02", closed="2023-03-01"), "closed on 2023-03-01, before it was opened on 2023-03-02"),
        (line(closed="2026-06-02"), "closed on 2026-06-02, which is in the future"),
        (line(dispositions="Claim Settled"), "dispositions: expected a list, found text"),
        (line(dispositions=[7]), "dispositions: expected a list of texts"),
        (line(reasons=["Claim Delay"]), "reasons: expected a list of pairs"),
        (line(reasons=[["A", "B", "C"]]), "reasons: expected a list of pairs"),
        (line(reasons=[["A", "B" * 201]]), "reasons: a label is longer than 200 characters"),
        (line(recoveries=[["A"]]), "recoveries: expected a list of pairs"),
        (line(recoveries=[["A" * 201, 1]]), "recoveries: a company's name is longer"),
        (line(recoveries=[["A", "1"]]), "recoveries: expected an amount, found text"),
        (line(recoveries=[["A", True]]), "recoveries: expected an amount, found true or false"),
        (line(recoveries=[["A", -1]]), "is no amount of money"),
        (line(recoveries=[["A", 0.001]]), "is no amount of money"),
        (line(recoveries=[["A", 10**12]]), "is no amount of money"),
        (line(recoveries=[["A", 10**300]]), "is no amount of money"),
        (line(recoveries=[["A", 1], ["A", 2]]), "one company has two different amounts"),
        (line(source_rows="8"), "source_rows: expected a number of rows"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason(bad, words):
    with pytest.raises(RecordRefused) as refusal:
        read_record(bad, today=TODAY)
    assert words in str(refusal.value)


def test_a_backslash_before_u0000_is_no_nul_character():
    assert read_record(line(companies=["\\u0000"]), today=TODAY).facts["companies"] == ["\\u0000"]
