"""What quality managers type about causes and CAPAs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.capa.causes import UNMAPPED, offered
from complaints.capa.enums import ActionKind, Verdict
from complaints.enums import Outcome
from complaints.intake.forms import OwnWords
from complaints.quality.periods import CHOICES, USUAL
from members.form_fields import CheckboxChoices, DateField, RadioChoices
from members.form_words import WordsForm

LONGEST_TITLE, LONGEST_WORDS = 160, 4_000
TOO_LONG = _("This has %(show_value)d characters, and we can take %(limit_value)d.")
CHOOSE_CAUSE = _("Choose the root cause.")
CHOOSE_OWNER = _("Choose who is responsible.")


class ActForm(WordsForm):
    """A form for one act. What an operation refuses is shown beside the field it is about."""

    use_required_attribute = False

    def mark_refused(self, words: str, field: str) -> str:
        """Put the words beside their field; return "" then, and the words when they belong to no field."""
        if field not in self.fields:
            return words
        self.add_error(field, words)
        return ""


class FilterForm(forms.Form):
    """Which complaints are counted. It is drawn only: what comes with the address is read in views/quality."""

    period = forms.ChoiceField(label=_("Decided in"), choices=list(CHOICES.items()), initial=USUAL)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", _("Any outcome")), *Outcome.choices])


class RootCauseForm(ActForm):
    """The root cause of one complaint."""

    cause = forms.ChoiceField(label=_("Root cause"), error_messages={"required": CHOOSE_CAUSE})
    explanation = OwnWords(
        label=_("What happened in our own work?"),
        help_text=_("Ask why until the answer is something that we can change. Sealed, as the complaint is."),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the causes of the taxonomy."""
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = _causes()


class CapaForm(ActForm):
    """A CAPA for several complaints. `key` is the identity of this press: sent twice, it opens one."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    complaint_ids = forms.TypedMultipleChoiceField(
        label=_("Complaints that it answers"),
        coerce=UUID,
        widget=CheckboxChoices,
        error_messages={"required": _("Choose at least one complaint.")},
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("A few words by which colleagues know it. No names of members."),
        max_length=LONGEST_TITLE,
        error_messages={"required": _("Enter a title."), "max_length": TOO_LONG},
    )
    cause = forms.ChoiceField(label=_("Root cause to remove"), error_messages={"required": CHOOSE_CAUSE})
    problem = OwnWords(
        label=_("What is the problem?"),
        help_text=_("What happens, where, since when, how often, and what it does to members. Sealed."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Describe the problem."), "max_length": TOO_LONG},
    )
    owner_id = forms.TypedChoiceField(
        label=_("Owner"),
        help_text=_(
            "Answers for the result. A lead or an agent may own it. A quality manager other than the owner approves "
            "the plan and judges its effect."
        ),
        coerce=UUID,
        error_messages={"required": CHOOSE_OWNER},
    )

    def __init__(
        self,
        *args: Any,
        complaints: Sequence[tuple[UUID, str]],
        hints: dict[str, str],
        owners: Sequence[tuple[UUID, str]],
        **kwargs: Any,
    ) -> None:
        """Take what can be chosen: complaints with a hint under each, and owners."""
        super().__init__(*args, **kwargs)
        self.fields["complaint_ids"].choices = complaints
        self.fields["complaint_ids"].widget.hints = hints
        self.fields["cause"].choices = _causes()
        self.fields["owner_id"].choices = [("", _("Choose a person")), *owners]


class ActionForm(ActForm):
    """One action of a plan."""

    kind = forms.ChoiceField(
        label=_("Kind of action"),
        choices=ActionKind.choices,
        widget=RadioChoices(
            hints={
                ActionKind.CONTAINMENT: _("Keeps the harm small until the cause is gone."),
                ActionKind.CORRECTIVE: _("Removes the cause where it was found."),
                ActionKind.PREVENTIVE: _("Removes it where it has not struck yet."),
            }
        ),
        error_messages={"required": _("Choose the kind of action.")},
    )
    description = forms.CharField(
        label=_("What is done?"),
        help_text=_("One thing that somebody can finish. No names of members."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Describe the action."), "max_length": TOO_LONG},
    )
    owner_id = forms.TypedChoiceField(label=_("Who does it?"), coerce=UUID, error_messages={"required": CHOOSE_OWNER})
    due_on = DateField(
        label=_("Done by"), help_text=_("For example, 6 30 2027."), error_messages={"required": _("Enter a due date.")}
    )

    def __init__(self, *args: Any, owners: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        """Take who can be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["owner_id"].choices = [("", _("Choose a person")), *owners]


class HandOverForm(ActForm):
    """Who owns a CAPA or an action from now on."""

    owner_id = forms.TypedChoiceField(
        label=_("Who is responsible from now on?"), coerce=UUID, error_messages={"required": CHOOSE_OWNER}
    )

    def __init__(self, *args: Any, owners: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        """Take who can be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["owner_id"].choices = [("", _("Choose a person")), *owners]


class PlanForm(ActForm):
    """The approval of a plan: what is fixed by it."""

    criterion = forms.CharField(
        label=_("How will we know that it worked?"),
        help_text=_("A figure, where it comes from, and over which time. It cannot be changed after approval."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say how we will know that it worked."), "max_length": TOO_LONG},
    )
    check_on = DateField(
        label=_("Check the effect on"),
        help_text=_("After the last action is due, so that the effect has time to show."),
        error_messages={"required": _("Enter the day of the check.")},
    )


class VerdictForm(ActForm):
    """The verdict of the effectiveness check."""

    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=Verdict.choices,
        widget=RadioChoices,
        error_messages={"required": _("Choose a verdict.")},
    )
    reason = forms.CharField(
        label=_("What shows it?"),
        help_text=_("Figures, cases, records. The verdict is final."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say what shows it."), "max_length": TOO_LONG},
    )


class CompletionForm(ActForm):
    """The word that an action is done: pressing the button is all there is to it."""


def _causes() -> list[Any]:
    """Return the causes in their groups, without the one that only says that nobody has looked yet."""
    groups = [
        (group, [(cause.code, cause.label) for cause in causes if cause.code != UNMAPPED])
        for group, causes in offered()
    ]
    return [("", _("Choose a cause")), *((group, causes) for group, causes in groups if causes)]
