"""A reference notices when it is mistyped."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from complaints.reference import ALPHABET, new_reference, read_reference

YEARS = st.integers(2000, 2099).map(lambda year: datetime(year, 7, 1, tzinfo=UTC))
REFERENCES = YEARS.map(new_reference)
YEAR_PLACES = [2, 3]
CODE_PLACES = [5, 6, 7, 8, 10, 11, 12, 13]
"""Where the signs stand in C-26-7KQ4-M2XD."""


@given(REFERENCES)
def test_a_reference_is_read_as_it_was_given(reference):
    assert read_reference(reference) == reference


@given(
    REFERENCES, st.sampled_from([str.lower, lambda text: text.replace("-", ""), lambda text: text.replace("-", " ")])
)
def test_case_spaces_and_dashes_do_not_matter(reference, retyped):
    assert read_reference(f"  {retyped(reference)} ") == reference


@given(REFERENCES, st.sampled_from(CODE_PLACES), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_caught(reference, place, sign):
    mistyped = reference[:place] + sign + reference[place + 1 :]
    assert read_reference(mistyped) == (reference if mistyped == reference else None)


@given(REFERENCES, st.sampled_from(YEAR_PLACES), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_the_year_is_always_caught(reference, place, digit):
    mistyped = reference[:place] + digit + reference[place + 1 :]
    assert read_reference(mistyped) == (reference if mistyped == reference else None)


@given(REFERENCES, st.sampled_from(list(pairwise(YEAR_PLACES + CODE_PLACES))))
def test_two_neighbours_swapped_are_always_caught(reference, places):
    left, right = places
    signs = list(reference)
    signs[left], signs[right] = signs[right], signs[left]
    mistyped = "".join(signs)
    assert read_reference(mistyped) == (reference if mistyped == reference else None)


@given(st.text())
def test_whatever_is_typed_is_either_a_reference_or_nothing(typed):
    found = read_reference(typed)
    assert found is None or read_reference(found) == found


def test_a_reference_says_its_year_and_has_no_sign_that_is_misread():
    reference = new_reference(datetime(2026, 6, 1, tzinfo=UTC))
    assert (reference[:5], reference[9], len(reference)) == ("C-26-", "-", 14)
    assert not set("01OIAEU") & set(reference[5:])
