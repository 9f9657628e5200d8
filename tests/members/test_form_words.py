"""A form that keeps what was typed, and says so when a sign of it cannot be kept."""

from django import forms
from django.utils.datastructures import MultiValueDict

from members.form_fields import DateField, ProseField
from members.form_words import TAKEN_OUT, WordsForm, keepable


class Story(WordsForm):
    name = forms.CharField(max_length=10)
    story = ProseField(required=False)
    happened_on = DateField(required=False)


def sent(**fields: str) -> Story:
    return Story(MultiValueDict({name: [value] for name, value in fields.items()}))


def test_words_without_such_signs_are_left_alone():
    form = sent(name="Żółć", story="a\r\nb\t\x01😀\u202e")
    assert form.is_valid()
    assert form.cleaned_data["story"] == "a\nb\t\x01😀\u202e"


def test_nul_and_half_surrogates_are_taken_out_and_only_their_fields_are_marked():
    form = sent(name="Jo\x00e", story="fine", happened_on_month="\ud8003")
    assert form.errors["name"] == [TAKEN_OUT]
    assert set(form.errors) == {"name", "happened_on"}
    assert form["name"].value() == "Joe"
    assert form.data["happened_on_month"] == "3"


def test_the_next_press_is_accepted():
    again = sent(name=sent(name="Jo\x00e")["name"].value())
    assert again.is_valid()


def test_a_form_that_was_not_sent_has_no_faults():
    assert Story().errors == {}
    assert not Story().is_bound


def test_a_date_is_sent_in_three_parts():
    assert Story().input_names("happened_on") == ["happened_on_month", "happened_on_day", "happened_on_year"]
    assert Story(prefix="p").input_names("name") == ["p-name"]


def test_whole_pairs_are_kept():
    assert keepable("😀") == "😀"
    assert keepable("\ud83d") == ""
