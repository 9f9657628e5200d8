"""What a draft changes, in words: nothing that an obligation says is left out."""

from dataclasses import fields, replace
from datetime import date

import pytest

from complaints.queries.policy_differences import differences, differing_lines
from slas.algebra import DayEnd, Measure, Rule, StartRule, Threshold
from slas.missed import MissAction, MissKind
from slas.policy import Extension, Mark, Policy
from tests.slas.packs import house

UNTOLD = {"pack", "obligation", "track", "effective_from", "effective_to", "examples"}
"""The names of an obligation, its days, which stand on top of the page, and examples, which only prove it."""
LETTER = MissAction(MissKind.DELAY_LETTER, "member", "We are late.", ("You may appeal.",), (), "1")
EXTENSION = Extension(1, 14, ("member",), ("more records",), "We need more time.")
OTHER = {
    "title": "Another",
    "promise": "Another.",
    "calendar": "us-ct",
    "starts_on": "message received",
    "met_on": "message answered",
    "rule": Rule(Measure.CALENDAR_DAYS, StartRule.NEXT_DAY, DayEnd.MIDNIGHT),
    "budget": 99,
    "thresholds": (Threshold(100, permille=1000), Threshold(50, permille=500)),
    "actions": {50: ("notify_owner",), 100: ("notify_role:auditor",)},
    "pause_reasons": ("another",),
    "extension": EXTENSION,
    "consequence": "Another.",
    "next_level": "Another.",
    "clause": "Another",
    "url": "https://example.org/another",
    "mark": Mark.KNOWN,
    "legal": True,
    "enabled": False,
    "on_miss": (LETTER,),
    "applies_to": {"line_of_business": ("medicaid",)},
}


def plain():
    found = next(policy for policy in house() if policy.obligation == "resolve" and policy.track == "standard")
    thresholds = (Threshold(50, permille=400), Threshold(100, permille=1000))
    return replace(found, thresholds=thresholds, actions={50: ("notify_lead",), 100: ("notify_lead",)}, extension=None)


@pytest.mark.parametrize("name", sorted({field.name for field in fields(Policy)} - UNTOLD))
def test_a_change_of_any_field_is_told(name):
    before = plain()
    after = replace(before, **{name: OTHER[name]})
    assert list(differences(before, after))


@pytest.mark.parametrize(
    "change",
    [
        {"by": ("plan",)},
        {"reasons": ("other records",)},
        {"rights": ("You may object.",)},
        {"notice": "Wait."},
        {"max_count": 2},
        {"max_units": 7},
        {"mark": Mark.KNOWN},
    ],
)
def test_a_change_of_any_part_of_an_extension_is_told(change):
    before = replace(plain(), extension=EXTENSION)
    assert list(differences(before, replace(before, extension=replace(EXTENSION, **change))))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": MissKind.EXTERNAL_REVIEW_FILE},
        {"to": "regulator"},
        {"words": "Sorry."},
        {"rights": ("You may sue.",)},
        {"holds": ("the letter",)},
        {"clause": "2"},
    ],
)
def test_a_change_of_any_part_of_what_a_miss_brings_about_is_told(change):
    before = replace(plain(), on_miss=(LETTER,))
    assert list(differences(before, replace(before, on_miss=(replace(LETTER, **change),))))


def test_what_is_new_is_told_in_full_and_the_same_on_another_day_not_at_all():
    told = {name: (before, after) for name, before, after in differences(None, plain())}
    assert (told["Title"], told["Clause"][0]) == (("–", plain().title), "–")
    assert not list(differences(plain(), replace(plain(), effective_from=date(2030, 1, 1))))


def test_lines_of_text_that_differ_are_marked():
    assert list(differing_lines("a\nb\n", "a\nc\n"))[3:] == [" a", "-b", "+c"]
