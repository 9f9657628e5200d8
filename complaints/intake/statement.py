"""From the answers of the form to the statement that is submitted."""

from datetime import date
from typing import Any

from complaints.intake.steps import Answers, Step, answered
from complaints.operations import Statement


class IncompleteDraft(ValueError):
    """A step still lacks a right answer; `step` is the first one."""

    def __init__(self, step: Step) -> None:
        super().__init__(f"the step {step.name} is not answered")
        self.step = step


def statement_of(answers: Answers, *, today: date) -> Statement:
    """Return what the answers say. The questions bear the names of the statement's fields. Raises IncompleteDraft."""
    said: dict[str, Any] = {}
    for step, form in answered(answers, today=today):
        if not form.is_valid():
            raise IncompleteDraft(step)
        said |= form.cleaned_data
    said.pop("files")
    return Statement(**said)
