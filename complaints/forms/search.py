"""What is typed to find complaints."""

import re

from django import forms

from complaints.reference import read_reference
from complaints.search.asked import Asked, take_apart
from members.form_fields import DateField, DateInputs
from members.form_words import WordsForm

LONGEST = 200
REFERENCE = re.compile(r"\s*C[\s-]*\d{2}[\s-]*(?:[0-9A-Z][\s-]*){8}", re.IGNORECASE)
"""What is meant as a reference, right or wrong; no word has two digits in that place."""


class SearchForm(WordsForm):
    """A reference, or whatever else a complaint may be found by. `start` comes from the button for the next page."""

    use_required_attribute = False

    words = forms.CharField(
        label="What do you look for?",
        help_text=(
            "A reference, words, a “phrase in quotes”, an e-mail address, a phone number, a member number or a claim "
            "number. With several, all must be there."
        ),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter what you look for.",
            "max_length": "This is too long: %(show_value)d characters, where there is room for %(limit_value)d.",
        },
    )
    born_on = DateField(
        label="Birth date, if you look for a member’s name",
        help_text="For example 6 30 1980. What stands above is then the name.",
        required=False,
        widget=DateInputs(),
    )
    start = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, widget=forms.HiddenInput)

    def clean(self) -> None:
        """Tell a slip of the finger in a reference by its check character."""
        words = self.cleaned_data.get("words", "")
        if REFERENCE.fullmatch(words) and read_reference(words) is None:
            self.add_error(
                "words",
                "One sign of this reference is wrong or missing: its check character does not match. "
                "It looks like C-26-7KQ4-M2XD.",
            )

    @property
    def reference(self) -> str | None:
        """Return the reference that was typed, None for anything else."""
        return None if self.cleaned_data["born_on"] else read_reference(self.cleaned_data["words"])

    def asked(self) -> Asked:
        """Return what is looked for."""
        return take_apart(self.cleaned_data["words"], born_on=self.cleaned_data["born_on"])

    def first(self) -> int:
        """Return from which candidate on hits are shown."""
        return self.cleaned_data["start"] or 0
