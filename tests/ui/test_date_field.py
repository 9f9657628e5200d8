"""The date of three inputs."""

from datetime import date

import pytest
from django import forms

from members.form_fields import DateField, ProseField


class Form(forms.Form):
    on = DateField(label="When?")
    words = ProseField(label="Words", max_length=5, required=False)


def form_of(month="", day="", year="", **others):
    return Form({"on_month": month, "on_day": day, "on_year": year} | others)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("6", "3", "2026"), date(2026, 6, 3)),
        (("06", " 03 ", "2026"), date(2026, 6, 3)),
        (("2", "29", "2028"), date(2028, 2, 29)),
        (("٦", "٣", "٢٠٢٦"), date(2026, 6, 3)),
    ],
)
def test_a_real_date_is_read(typed, meant):
    form = form_of(*typed)
    assert form.is_valid()
    assert form.cleaned_data["on"] == meant


@pytest.mark.parametrize(
    ("typed", "code", "parts"),
    [
        (("", "", ""), "required", None),
        (("6", "", "2026"), "incomplete", ["day"]),
        (("June", "3", "2026"), "invalid", ["month"]),
        (("6", "3", "26"), "year", ["year"]),
        (("2", "29", "2026"), "invalid", ["month", "day", "year"]),
        (("13", "1", "2026"), "invalid", ["month", "day", "year"]),
        (("6", "3", "0000"), "invalid", ["month", "day", "year"]),
        (("6", "3", "20260"), "invalid", ["year"]),
        (("6\x00", "3", "2026"), "invalid", ["month"]),
        (("²", "3", "2026"), "invalid", ["month"]),
        (("-1", "3", "2026"), "invalid", ["month"]),
        (("9" * 5000, "3", "2026"), "invalid", ["month"]),
    ],
)
def test_what_is_no_date_is_refused_and_the_parts_are_named(typed, code, parts):
    [error] = form_of(*typed).errors.as_data()["on"]
    assert error.code == code
    assert (error.params or {}).get("parts") == parts


def shown(form):
    [inputs] = form["on"].subwidgets
    return [part["value"] for part in inputs.data["subwidgets"]]


def test_what_was_typed_is_shown_again():
    assert shown(form_of("13", "x", "2026")) == ["13", "x", "2026"]


def test_a_known_date_fills_the_inputs():
    assert shown(Form(initial={"on": date(2026, 6, 3)})) == ["6", "3", "2026"]
    assert shown(Form()) == [None, None, None]


def test_a_missing_field_of_a_request_is_no_date():
    assert Form({}).errors.as_data()["on"][0].code == "required"


def test_a_line_end_counts_as_one_character():
    form = form_of("6", "3", "2026", words="ab\r\ncd")
    assert form.is_valid()
    assert form.cleaned_data["words"] == "ab\ncd"
