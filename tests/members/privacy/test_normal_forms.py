"""However somebody writes a name or a number, it is compared in one form."""

import pytest

from members.privacy.normal_forms import folded, number_form, phone_form


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("860-555-0100", "+18605550100"),
        ("(860) 555 0100", "+18605550100"),
        ("+1 860 555 0100", "+18605550100"),
        ("1.860.555.0100 ext. 12", "+18605550100"),
        ("0034 912 345 678", "+34912345678"),
        ("+34 912 345 678", "+34912345678"),
        ("٨٦٠٥٥٥٠١٠٠", "+18605550100"),
        ("555", None),
        ("", None),
        ("call me", None),
        ("1" * 16, None),
    ],
)
def test_a_phone_number_has_one_form(typed, form):
    assert phone_form(typed) == form


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("Nguyễn Văn", "nguyen van"),
        ("ŁÓDŹ", "lodz"),
        ("STRASSE straße", "strasse strasse"),
        ("ｗｉｄｅ", "wide"),
        ("in\u00advisible\u200b", "invisible"),
        ("한국어", "한국어"),
        ("退款", "退款"),
    ],
)
def test_words_are_compared_without_case_accents_and_widths(typed, form):
    assert folded(typed) == form


def test_a_number_is_compared_without_what_stands_between_its_signs():
    assert number_form("MHP-0012 34") == number_form("mhp–001234") == "mhp001234"
