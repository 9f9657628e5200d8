"""The steps of the complaint form, in order: one list that pages, checks and the statement all read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.intake.forms import (
    FilesForm,
    OutcomeForm,
    StepForm,
    StoryForm,
    TopicForm,
    Typed,
    UrgentForm,
    WhoForm,
)

CHECK = "check"


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form. `name` is its address; `heading` its h1, empty where the first question is the heading."""

    name: str
    title: str | Promise
    form: type[StepForm]
    heading: str | Promise = ""


STEPS = (
    Step("who", _("About you"), WhoForm, heading=_("Tell us about you")),
    Step("urgent", _("Is it urgent?"), UrgentForm),
    Step("topic", _("What it is about"), TopicForm),
    Step("what-happened", _("What happened"), StoryForm),
    Step("files", _("Files"), FilesForm),
    Step("outcome", _("What would make it right"), OutcomeForm),
)
COUNT = len(STEPS) + 1  # with the page that checks the answers

Answers = Mapping[str, Typed]
"""What was typed, by the name of its step."""


def step_named(name: str) -> Step | None:
    """Return the step with this address, or None."""
    return next((step for step in STEPS if step.name == name), None)


def number_of(step: Step) -> int:
    """Return the place of a step, counted from 1."""
    return STEPS.index(step) + 1


def page_after(step: Step) -> str:
    """Return the name of the page that follows a step."""
    return STEPS[number_of(step)].name if number_of(step) < len(STEPS) else CHECK


def page_before(name: str) -> str | None:
    """Return the name of the step before a page, None before the first."""
    names = [*(step.name for step in STEPS), CHECK]
    place = names.index(name)
    return names[place - 1] if place else None


def answered(answers: Answers, *, today: date) -> Iterator[tuple[Step, StepForm]]:
    """Yield each step with its form as it was sent; a page never opened counts as sent empty."""
    for step in STEPS:
        yield step, step.form(MultiValueDict(answers.get(step.name, {})), today=today)


def first_unanswered(answers: Answers, *, today: date) -> Step | None:
    """Return the first step that still lacks a right answer, or None."""
    return next((step for step, form in answered(answers, today=today) if not form.is_valid()), None)
