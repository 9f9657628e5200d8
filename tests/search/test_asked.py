"""What was typed is taken apart into words, phrases, addresses and numbers."""

from datetime import date

import pytest

from complaints.search.asked import Figure, take_apart


def test_words_are_told_from_common_ones():
    asked = take_apart("Insulin and the  PUMP insulin")
    assert (asked.words, asked.left_out) == (("insulin", "pump"), ("and", "the"))


@pytest.mark.parametrize("typed", ['"wheel chair"', "“wheel chair”", "«Wheel  Chair»", "„wheel chair“"])
def test_a_phrase_stands_in_quotes_of_any_kind(typed):
    assert take_apart(typed).phrases == (("wheel", "chair"),)


def test_a_quote_that_is_not_closed_quotes_nothing():
    assert take_apart('"wheel chair').words == ("wheel", "chair")


def test_a_run_of_chinese_is_a_phrase_and_its_pairs():
    asked = take_apart("医疗费用")
    assert asked.phrases == (("医疗", "疗费", "费用"),)


def test_an_address_is_no_word():
    asked = take_apart("Maria.Alvarez@Example.org insulin")
    assert (asked.emails, asked.words) == (("Maria.Alvarez@Example.org",), ("insulin",))


@pytest.mark.parametrize("typed", ["860-555-0100", "(860) 555 0100", "+1 860 555 0100", "860.555.0100 x12"])
def test_a_phone_number_may_have_spaces(typed):
    [figure] = take_apart(typed).figures
    assert figure.phone == "+18605550100"


def test_a_number_may_be_a_claim_a_card_or_a_word():
    asked = take_apart("CLM-2026-00123")
    assert asked.figures == (Figure("clm202600123", None, ("clm", "2026", "00123")),)
    assert asked.words == ()


def test_what_stands_around_a_number_does_not_count():
    assert take_apart("claim #88-1042, please").figures == (Figure("881042", None, ("88", "1042")),)


def test_with_a_birth_date_all_is_the_name():
    asked = take_apart("Maria 12345", born_on=date(1980, 6, 30))
    assert (asked.name, asked.words, asked.figures) == ("Maria 12345", (), ())


@pytest.mark.parametrize("typed", ["", "   ", '""', "the and", "...", "@", "a"])
def test_nothing_to_look_for_is_known_as_such(typed):
    assert take_apart(typed).is_empty


def test_a_phrase_of_common_words_alone_is_left_out():
    asked = take_apart('"out of network" insulin').without(frozenset())
    assert (asked.phrases, asked.left_out) == ((), ("“out of network”",))


def test_what_has_become_common_is_left_out():
    asked = take_apart('insulin zebra "insulin pump"').without(frozenset({"insulin", "pump"}))
    assert (asked.words, asked.phrases) == (("zebra",), ())
    assert asked.left_out == ("insulin", "“insulin pump”")
