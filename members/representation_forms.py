"""What staff type to record that somebody may act for a member."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.actors import Scope
from members.form_fields import CheckboxChoices, DateField, RadioChoices
from members.forms import EmailForm
from members.models import RepresentationKind


class RepresentationForm(EmailForm):
    """Who acts for whom, for what, until when, and what shows it."""

    member_number = forms.CharField(
        label=_("Member number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}),
        error_messages={
            "required": _("Enter the member’s number."),
            "max_length": _("A member number has 40 characters or less."),
        },
    )
    kind = forms.ChoiceField(
        label=_("In which capacity?"),
        choices=RepresentationKind.choices,
        widget=RadioChoices,
        error_messages={"required": _("Choose in which capacity the person acts.")},
    )
    name = forms.CharField(
        label=_("Name of whoever acts for the member"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the name."),
            "max_length": _("Use 120 characters or less."),
        },
    )
    scope = forms.MultipleChoiceField(
        label=_("What does the member allow?"),
        choices=Scope.choices,
        widget=CheckboxChoices,
        error_messages={"required": _("Choose at least one thing that is allowed.")},
    )
    last_on = DateField(
        label=_("Until when?"),
        help_text=_("The last day, at most one year from now. For example 6 30 2027."),
        error_messages={"required": _("Enter the last day. It must have an end.")},
    )
    evidence = forms.CharField(
        label=_("What shows it?"),
        help_text=_("Which document it is, and where it is on file."),
        max_length=400,
        error_messages={
            "required": _("Say which document shows it, and where it is on file."),
            "max_length": _("Use 400 characters or less."),
        },
    )
    field_order = ("member_number", "kind", "name", "email", "scope", "last_on", "evidence")
