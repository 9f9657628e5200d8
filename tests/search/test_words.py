"""How text falls into words and numbers."""

import pytest

from complaints.search.excerpt import excerpt
from complaints.search.words import holds_phrase, is_common, numbers_in, rare_words, words_in_order


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("My son's EpiPen wasn’t paid.", ["my", "sons", "epipen", "wasnt", "paid"]),
        ("Crème brûlée, façade", ["creme", "brulee", "facade"]),
        ("ｗｉｄｅ and in\u00advisible", ["wide", "and", "invisible"]),
        ("Nguyễn Văn An", ["nguyen", "van", "an"]),
        ("out-of-network", ["out", "of", "network"]),
        ("医疗费用", ["医疗", "疗费", "费用"]),
        ("我的insulin", ["我的", "insulin"]),
        ("보험금을 받지", ["보험", "험금", "금을", "받지"]),
        ("رَفَضَ التأمين", ["رفض", "التامين"]),
        ("痛", ["痛"]),
        ("... --- !!!", []),
        ("", []),
    ],
)
def test_text_falls_into_words_in_one_form(text, words):
    assert words_in_order(text) == words


def test_common_words_and_single_letters_are_left_out():
    assert rare_words("I paid the bill for insulin x twice, said the insurance") == {"insulin"}
    assert is_common("the")
    assert not is_common("痛")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Claim 88-1042 of 2026-03-01 over $1,250.00", {"881042"}),
        ("claim CLM-2026-00123, again clm 2026", {"clm202600123"}),
        ("on 03/15/2026 and 3.15.26, 12345.67", set()),
        ("call 860-555-0100", {"8605550100"}),
        ("room 1234", set()),
        ("9" * 31, set()),
    ],
)
def test_numbers_of_claims_are_told_from_dates_and_amounts(text, numbers):
    assert numbers_in(text) == numbers


def test_a_phrase_stands_in_a_text_word_by_word():
    words = words_in_order("The wheel chair was taken back.")
    assert holds_phrase(words, ("wheel", "chair"))
    assert not holds_phrase(words, ("chair", "wheel"))
    assert not holds_phrase(words, ("back", "the"))


def test_an_excerpt_begins_near_the_find_and_marks_it():
    text = "Nothing here. " * 20 + "Then the Zebra’s ambulance came. " + "More. " * 60
    pieces = excerpt(text, {"zebras"})
    assert [piece.text for piece in pieces if piece.found] == ["Zebra’s"]
    assert pieces[0].text == "…"
    assert pieces[-1].text.endswith("…")
    assert sum(len(piece.text) for piece in pieces) < 230


def test_an_excerpt_without_a_find_is_the_beginning():
    assert [piece.text for piece in excerpt("Short.\n\nAnd sweet.", set())] == ["Short. And sweet."]
