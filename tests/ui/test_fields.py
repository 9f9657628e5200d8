"""What templates/ui/field.html and error_summary.html make of a form."""

import pytest
from django import forms

from members.form_fields import CheckboxChoices, DateField, DateInputs, ProseField, RadioChoices


class Complaint(forms.Form):
    who = forms.ChoiceField(
        label="Who is it for?",
        help_text="We ask so that we know who may see the answer.",
        choices=[("self", "Myself"), ("other", "Somebody I act for")],
        widget=RadioChoices(hints={"other": "A child or a parent."}, reveals={"other": "name"}),
    )
    name = forms.CharField(label="Name of the person", max_length=20, required=False)
    story = ProseField(label="What happened?", help_text="Use your own words.", max_length=4000)
    happened_on = DateField(label="When?", required=False)
    needs = forms.MultipleChoiceField(
        label="What would help?",
        required=False,
        choices=[("print", "Large print"), ("call", "A phone call")],
        widget=CheckboxChoices(hints={"print": "18 point"}),
    )
    password = forms.CharField(label="Password", required=False, widget=forms.PasswordInput)
    bill = forms.FileField(label="The bill", required=False, widget=forms.FileInput)
    plan = forms.ChoiceField(label="Plan", required=False, choices=[("hmo", "HMO"), ("ppo", "PPO")])
    agreed = forms.BooleanField(label="I agree", required=False)
    step = forms.CharField(required=False, widget=forms.HiddenInput)


GOOD = {"who": "self", "story": "A bill."}


def typed(**fields):
    form = Complaint(GOOD | fields)
    form.is_valid()
    return form


def test_a_label_names_its_control_and_the_hint_describes_it(draw):
    field = draw("field", field=Complaint()["story"])
    assert field.one("label")["for"] == "id_story"
    assert field.one("textarea")["aria-describedby"] == "id_story_helptext id_story-info"
    assert field.one("div", id="id_story_helptext")
    assert "Use your own words." in field.text


def test_what_is_not_required_says_so(draw):
    assert "Name of the person (optional)" in draw("field", field=Complaint()["name"]).text
    assert "(optional)" not in draw("field", field=Complaint()["story"]).text
    assert "(optional)" not in draw("field", field=Complaint()["agreed"]).text


def test_the_counter_counts_and_the_browser_cuts_nothing(draw):
    field = draw("field", field=Complaint()["story"])
    assert field.one("div", data_module="govuk-character-count")["data-maxlength"] == "4000"
    assert "You can enter up to 4,000 characters" in field.text
    assert "maxlength" not in field.one("textarea")
    assert "maxlength" not in draw("field", field=Complaint()["name"]).one("input")


def test_the_counter_has_its_place_for_the_script(draw):
    assert draw("field", field=Complaint()["story"]).one("div", id="id_story-info")


def test_the_browser_guesses_the_direction_of_what_people_write(draw):
    assert draw("field", field=Complaint()["story"]).one("textarea")["dir"] == "auto"
    assert draw("field", field=Complaint()["name"]).one("input")["dir"] == "auto"


def test_choices_show_hints_and_bring_up_the_field_that_depends_on_them(draw):
    field = draw("field", field=Complaint({"who": "other"})["who"])
    me, other, _ = [attrs for tag, attrs in field.elements if tag == "input"]
    assert (me["value"], "checked" in me, "aria-describedby" in me) == ("self", False, False)
    assert (other["value"], "checked" in other, other["aria-describedby"]) == ("other", True, "id_who_1_hint")
    assert field.one("input", name="name")["type"] == "text"
    assert field.one("div", class_="govuk-radios__conditional")


def test_the_label_of_a_choice_field_is_the_legend_of_its_group(draw):
    field = draw("field", field=Complaint()["who"])
    assert field.one("fieldset")["aria-describedby"] == "id_who_helptext"
    assert field.one("legend")


def test_the_label_can_be_the_heading_of_the_page(draw):
    assert draw("field", field=Complaint()["who"], heading=True).one("h1")["class"] == "govuk-fieldset__heading"
    assert draw("field", field=Complaint()["story"], heading=True).one("h1")["class"] == "govuk-label-wrapper"


def test_several_choices_stay_ticked(draw):
    ticks = draw("field", field=Complaint({"needs": ["call"]})["needs"]).all("input", type="checkbox")
    assert [("checked" in tick, tick["value"]) for tick in ticks] == [(False, "print"), (True, "call")]


def test_a_password_can_be_shown_and_is_never_sent_back(draw):
    field = draw("field", field=Complaint({"password": "secret words"})["password"])
    assert "value" not in field.one("input")
    assert field.one("button")["aria-controls"] == "id_password"


def test_the_other_controls_are_the_browsers_own(draw):
    assert draw("field", field=Complaint()["bill"]).one("input")["type"] == "file"
    assert draw("field", field=Complaint({"plan": "ppo"})["plan"]).one("option", selected=None)["value"] == "ppo"
    assert draw("field", field=Complaint()["agreed"]).one("label")["for"] == "id_agreed"
    hidden = draw("field", field=Complaint()["step"])
    assert [tag for tag, _ in hidden.elements] == ["input"]


def test_a_date_has_three_labelled_inputs_in_the_order_of_the_country(draw):
    field = draw("field", field=Complaint()["happened_on"])
    assert [attrs["name"] for attrs in field.all("input")] == [
        "happened_on_month", "happened_on_day", "happened_on_year",
    ]  # fmt: skip
    assert [attrs["id"] for attrs in field.all("input")] == [
        "id_happened_on_month", "id_happened_on_day", "id_happened_on_year",
    ]  # fmt: skip
    assert [attrs["for"] for attrs in field.all("label")] == [attrs["id"] for attrs in field.all("input")]


def test_a_birthday_is_filled_in_by_the_browser(draw):
    class Person(forms.Form):
        born_on = DateField(label="Date of birth", widget=DateInputs(birthday=True))

    inputs = draw("field", field=Person()["born_on"]).all("input")
    assert [attrs["autocomplete"] for attrs in inputs] == ["bday-month", "bday-day", "bday-year"]


def test_an_error_stands_beside_the_field_and_in_the_summary_in_the_same_words(draw):
    form = typed(story="")
    summary, field = draw("error_summary", form=form), draw("field", field=form["story"])
    words = form.errors["story"][0]
    assert words in summary.text
    assert words in field.text
    assert summary.one("a")["href"] == "#id_story"
    assert field.one("textarea")["aria-invalid"] == "true"
    assert "id_story_error" in field.one("textarea")["aria-describedby"].split()


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"who": ""}, "#id_who_0"),
        ({"needs": ["nonsense"]}, "#id_needs_0"),
        ({"happened_on_day": "3", "happened_on_year": "2026"}, "#id_happened_on_month"),
        ({"happened_on_month": "2", "happened_on_day": "x", "happened_on_year": "2026"}, "#id_happened_on_day"),
        ({"name": "n" * 21}, "#id_name"),
    ],
)
def test_the_summary_leads_to_the_first_control_at_fault(draw, fields, target):
    assert draw("error_summary", form=typed(**fields)).one("a")["href"] == target


def test_only_the_parts_of_a_date_at_fault_are_marked(draw):
    form = typed(happened_on_month="2", happened_on_day="3", happened_on_year="26")
    inputs = draw("field", field=form["happened_on"]).all("input")
    assert [attrs.get("aria-invalid") for attrs in inputs] == [None, None, "true"]


def test_the_summary_shows_the_errors_of_the_whole_form_and_a_refusal(draw):
    form = typed()
    form.add_error(None, "Choose one of the two.")
    summary = draw("error_summary", form=form, refusal="Take the complaint first.")
    assert "Take the complaint first. Choose one of the two." in summary.text
    assert summary.all("a") == []


def test_without_errors_there_is_no_summary(draw):
    assert draw("error_summary", form=typed()).elements == []
    assert draw("error_summary", form=Complaint()).elements == []
    assert draw("error_summary").elements == []


def test_what_people_type_is_shown_and_never_becomes_markup(draw):
    hostile = '"><script>alert(1)</script><b x="'
    form = typed(story=hostile, name=hostile, happened_on_month=hostile)
    drawn = [draw("field", field=form[name]) for name in ("story", "name", "happened_on", "who")]
    assert [tag for field in drawn for tag, _ in field.elements if tag in {"script", "b"}] == []
    assert drawn[1].one("input")["value"] == hostile
