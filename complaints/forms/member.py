"""What a member or guest types outside of the complaint form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.intake.forms import OwnWords
from complaints.reference import read_reference
from members.form_words import WordsForm

LONGEST_MESSAGE = 10_000


class StatusForm(WordsForm):
    """A reference and a surname: whoever knows both may have a link sent to the complaint's own address."""

    use_required_attribute = False

    reference = forms.CharField(
        label=_("Reference number"),
        help_text=_("It is on the page you saw after sending, and in our e-mail. It looks like C-26-7KQ4-M2XD."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}),
        error_messages={
            "required": _("Enter your reference number."),
            "max_length": _("The reference number is too long. It looks like C-26-7KQ4-M2XD."),
        },
    )
    surname = forms.CharField(
        label=_("Last name"),
        help_text=_("The last name of the person who wrote the complaint."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "class": "govuk-input--width-20"}),
        error_messages={
            "required": _("Enter the last name."),
            "max_length": _("The last name must be 120 characters or less."),
        },
    )

    def clean_reference(self) -> str:
        """Return the reference in its one written form; its check character tells a slip of the finger."""
        reference = read_reference(self.cleaned_data["reference"])
        if reference is None:
            raise forms.ValidationError(
                _("This reference number is not complete, or one sign in it is wrong. Check it and enter it again.")
            )
        return reference


class MessageForm(WordsForm):
    """A message to us. `key` is the identity of this press: sent twice, it is one message."""

    use_required_attribute = False

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    body = OwnWords(
        label=_("Write to us"),
        help_text=_("Use your own words, in any language."),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Write your message."),
            "max_length": _(
                "Your message is too long: it has %(show_value)d characters, and we can take %(limit_value)d."
            ),
        },
    )
