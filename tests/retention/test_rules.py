"""Rules are data, and no rule below six years is read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.enums import LineOfBusiness
from complaints.retention.rules import LEAST, RulesBroken, parse_rules, rule_for, rules, years_before

RULE = """
[[rule]]
code = "house"
name = "All complaints"
what = "complaint"
counted_from = "series_ended"
years = 6
clause = "45 CFR 164.316(b)(2)(i)"
mark = "V"
"""


def test_the_rules_of_the_product_keep_everything_six_years_at_least():
    assert all(rule.years >= LEAST for rule in rules())
    assert {rule_for(line, rules()).years for line in LineOfBusiness.values} == {6, 10}
    assert rule_for("unknown", rules()).years == max(rule.years for rule in rules())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("years = 6", "years = 5", "says 5 years. Give a whole number from 6"),
        ("years = 6", "years = true", "says True years"),
        ("years = 6", 'years = "6"', "says '6' years"),
        ("years = 6", "years = 6.5", "says 6.5 years"),
        ("years = 6", "years = 1000", "from 6 to 100"),
        ("years = 6", "", "'house' lacks years. Add it."),
        ("years = 6", "years = 6\nmonths = 1", "has months, which nobody reads"),
        ("years = 6", 'years = 6\nlines_of_business = ["pets"]', "pets, which is no line of business"),
        ("years = 6", 'years = 6\nlines_of_business = ["group"]', "Exactly one retention rule names no lines"),
        ('mark = "V"', 'mark = "?"', "is not a valid Mark"),
        ("series_ended", "birth", "is not a valid Moment"),
        ('clause = "45 CFR 164.316(b)(2)(i)"', 'clause = " "', "has no clause"),
        ("[[rule]]", "[[rule", "are not TOML"),
        (RULE, RULE + RULE, "have the same code"),
        (RULE, "", "Exactly one"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_its_cure(old, new, words):
    with pytest.raises(RulesBroken) as refused:
        parse_rules(RULE.replace(old, new))
    assert words in str(refused.value)


@given(st.datetimes(datetime(2007, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), st.integers(6, 100))  # noqa: DTZ001 -- hypothesis wants it so
def test_a_cutoff_lies_whole_years_back_and_never_too_late(at, years):
    cutoff = years_before(at, years)
    assert cutoff.year == at.year - years
    assert (cutoff.month, cutoff.day) in {(at.month, at.day), (2, 28)}
    assert cutoff.timetz() == at.timetz()
