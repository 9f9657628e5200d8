"""The steps: their order, their errors, and the way back."""

import html
from datetime import date

import pytest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from complaints.intake.forms import OutcomeForm, StoryForm, TopicForm, UrgentForm, WhoForm
from complaints.intake.statement import IncompleteDraft, statement_of
from complaints.intake.steps import STEPS, first_unanswered
from tests.intake import walk

TODAY = date(2026, 3, 2)
NAMES = [step.name for step in STEPS]


def typed(**answers: str) -> MultiValueDict:
    return MultiValueDict({name: [value] for name, value in answers.items()})


def faults(form) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in form.errors.items()}


@pytest.mark.parametrize(
    ("form", "name", "words"),
    [
        (WhoForm, "relationship", "Choose who you are."),
        (WhoForm, "name", "Enter your full name."),
        (WhoForm, "email", "Enter an e-mail address, a phone number or a postal address, so that we can answer."),
        (WhoForm, "language", "Choose a language."),
        (UrgentForm, "harm_if_waiting", "Choose yes if waiting could do harm, or no."),
        (TopicForm, "topic", "Choose what your complaint is about."),
        (StoryForm, "narrative", "Tell us what happened."),
    ],
)
def test_what_is_left_out_is_asked_for_in_plain_words(form, name, words):
    assert faults(form(typed(), today=TODAY))[name] == [words]


@pytest.mark.parametrize("way", [{"email": "a@b.org"}, {"phone": "860 555 0100"}, {"postal_address": "12 Elm Street"}])
def test_one_way_to_reach_somebody_is_enough(way):
    form = WhoForm(typed(relationship="self", name="J", language="en", **way), today=TODAY)
    assert faults(form) == {}


def test_a_wrong_address_is_not_also_called_missing():
    form = WhoForm(typed(relationship="self", name="J", language="en", email="joseph"), today=TODAY)
    assert faults(form) == {"email": ["Enter an e-mail address like name@example.com."]}


@pytest.mark.parametrize("phone", ["555", "call me", "١٢٣"])
def test_a_phone_number_that_cannot_be_dialled_is_refused(phone):
    assert faults(WhoForm(typed(phone=phone), today=TODAY))["phone"] == [
        "Enter a phone number with its area code, like 860-555-0100."
    ]


@pytest.mark.parametrize(
    ("month", "day", "year", "words"),
    [
        ("3", "3", "2026", "The date must be today or in the past."),
        ("12", "31", "1899", "The year must be 1900 or later."),
        ("2", "30", "2026", "Enter a real date, for example 6 30 2026."),
        ("2", "x", "2026", "Enter a real date, for example 6 30 2026."),
        ("2", "", "2026", "The date must include a month, a day and a year."),
        ("2", "1", "26", "The year must have 4 numbers, for example 2026."),
        ("99999999999999999999", "1", "2026", "Enter a real date, for example 6 30 2026."),
    ],
)
def test_dates_that_cannot_be_are_refused(month, day, year, words):
    form = TopicForm(
        typed(topic="bill", happened_on_month=month, happened_on_day=day, happened_on_year=year), today=TODAY
    )
    assert faults(form) == {"happened_on": [words]}


@pytest.mark.parametrize("day", [("3", "2", "2026"), ("1", "1", "1900"), ("", "", "")])
def test_today_the_first_year_and_no_date_are_taken(day):
    month, day, year = day
    form = TopicForm(
        typed(topic="bill", happened_on_month=month, happened_on_day=day, happened_on_year=year), today=TODAY
    )
    assert faults(form) == {}


def test_a_statement_needs_every_answer():
    with pytest.raises(IncompleteDraft) as refused:
        statement_of({"who": walk.typed("who")}, today=TODAY)
    assert refused.value.step.name == "urgent"


def test_a_statement_says_what_was_typed():
    statement = statement_of({name: walk.typed(name) for name in NAMES}, today=TODAY)
    assert (statement.topic, statement.happened_on, statement.harm_if_waiting) == ("bill", date(2020, 3, 1), False)
    assert (statement.name, statement.email, statement.language) == ("Joseph K", "joseph@example.org", "en")
    assert statement.narrative == "You paid the claim, and then I got the bill."
    assert statement.member_id is None


def test_an_answer_that_time_has_made_wrong_is_asked_for_again():
    answers = {name: walk.typed(name) for name in NAMES}
    assert first_unanswered(answers, today=TODAY) is None
    assert first_unanswered(answers, today=date(2020, 2, 29)).name == "topic"


def test_white_space_is_kept_but_is_no_answer():
    assert faults(StoryForm(typed(narrative=" \n\t"), today=TODAY)) == {"narrative": ["Tell us what happened."]}
    form = OutcomeForm(typed(desired_outcome="  a\r\nb \n"), today=TODAY)
    assert form.is_valid()
    assert form.cleaned_data["desired_outcome"] == "  a\nb \n"


@pytest.mark.django_db
def test_each_page_says_which_step_it_is_and_leads_back(client):
    for number, name in enumerate([*NAMES, "check"], start=1):
        page = client.get(walk.url(name)).content.decode()
        assert f"Step {number} of 7" in page
        assert page.count("<h1") == 1
        before = reverse("public:home") if number == 1 else walk.url([*NAMES, "check"][number - 2])
        assert f'<a href="{before}" class="govuk-back-link">' in page
        if name != "check":
            walk.answer(client, name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*NAMES[1:], "check"])
def test_who_comes_too_early_is_sent_to_the_first_open_step(client, name):
    place = reverse("intake:start") if name == "check" else walk.url("who")
    assert client.get(walk.url(name))["Location"] == place
    walk.answer(client, "who")
    if name != "urgent":
        assert client.get(walk.url(name))["Location"] == walk.url("urgent")


@pytest.mark.django_db
def test_a_change_leads_back_to_the_page_of_checks(client):
    walk.answer_all(client)
    page = client.get(walk.url("check")).content.decode()
    assert f'href="{walk.url("topic")}?from=check"' in page
    step = client.get(walk.url("topic") + "?from=check").content.decode()
    assert f'<a href="{walk.url("check")}" class="govuk-back-link">' in step
    assert walk.answer(client, "topic", query="?from=check", topic="privacy")["Location"] == walk.url("check")
    assert "My private information" in client.get(walk.url("check")).content.decode()


@pytest.mark.django_db
def test_all_answers_stand_on_the_page_of_checks(client):
    walk.answer_all(client)
    page = html.unescape(client.get(walk.url("check")).content.decode())
    for words in ("I am the member", "Joseph K", "joseph@example.org", "English", "A bill, premium or refund"):
        assert words in page
    for words in ("March 1, 2020", "You paid the claim, and then I got the bill.", "Pay it.", "Nothing entered"):
        assert words in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES[:4])
def test_a_wrong_page_says_so_in_title_summary_and_beside_the_field(client, name):
    for earlier in NAMES[: NAMES.index(name)]:
        walk.answer(client, earlier)
    response = client.post(walk.url(name), {"draft": walk.page_draft(client, name)})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in page
    assert "There is a problem" in page
    assert page.count("govuk-error-message") >= 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nonsense", "WHO", "check-answers"])
def test_there_are_no_other_steps(client, name):
    assert client.get(walk.url(name)).status_code == 404
    assert client.post(walk.url(name)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("name", ["who", "files", "check"])
def test_other_methods_are_refused(client, method, name):
    assert getattr(client, method)(walk.url(name)).status_code == 405


@pytest.mark.django_db
def test_no_page_of_the_form_is_kept_by_a_cache(client):
    walk.answer(client, "who")
    for name in ("who", "urgent"):
        assert client.get(walk.url(name))["Cache-Control"] == "no-store"
