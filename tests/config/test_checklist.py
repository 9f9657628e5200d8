"""The security checklist names tests that exist, and each of its lines has one."""

import re
from collections.abc import Iterator

from tests.shared_data import ROOT

CHECKLIST = (ROOT / "docs/checklist.md").read_text(encoding="utf-8")
LINE = re.compile(r"^\*\*(\d+)\. ", re.MULTILINE)
TEST = re.compile(r"^- `(?P<path>tests/[\w/]+\.py)::(?P<name>test_\w+)`$", re.MULTILINE)


def lines() -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Give each line's number with the path and name of its tests."""
    parts = LINE.split(CHECKLIST)[1:]
    for number, text in zip(parts[::2], parts[1::2], strict=True):
        yield int(number), TEST.findall(text)


def test_every_line_of_the_checklist_names_tests_that_exist():
    unheld = {number for number, tests in lines() if not tests}
    gone = [
        f"{number}: {path}::{name}"
        for number, tests in lines()
        for path, name in tests
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert (unheld, gone) == (set(), [])


def test_no_name_in_the_checklist_is_written_in_another_way_than_the_one_that_is_read():
    assert CHECKLIST.count("`tests/") == sum(len(tests) for _, tests in lines())


def test_the_lines_stand_in_order():
    numbers = [number for number, _ in lines()]
    assert numbers == sorted(set(numbers))
