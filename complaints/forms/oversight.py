"""What is typed to look into the audit trail, and to judge what stands out in it."""

from typing import Any

from django import forms

from complaints.forms.desk import SHORT_PROSE, LookUpForm, choice, prose
from complaints.oversight.enums import Kind, Period
from complaints.oversight.subjects import colleagues
from members.form_fields import RadioChoices
from members.form_words import WordsForm

VERDICTS = (("yes", "Yes, it was in order"), ("no", "No, it was not"))


class MemberLookUp(WordsForm):
    """Whose record: by the number on the member's card, which travels by POST alone."""

    use_required_attribute = False

    member_number = forms.CharField(
        label="Member number",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter a member number.",
            "max_length": "This is too long for a member number. Check it on the member card.",
        },
    )


class PersonLookUp(WordsForm):
    """Who of those that work or worked here."""

    use_required_attribute = False

    person = forms.ChoiceField(
        label="Member of staff", error_messages={"required": "Choose a person.", "invalid_choice": "Choose a person."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody by name."""
        super().__init__(*args, **kwargs)
        named = [(str(row.pk), str(row)) for row in colleagues().only("display_name")]
        self.fields["person"].choices = [("", "Choose a person"), *named]


class CaseLookUp(LookUpForm):
    """Which case."""

    use_required_attribute = False


class TrailFilter(forms.Form):
    """Which part of a trail. It is drawn only: what comes with the address is read in the view."""

    period = forms.ChoiceField(label="When", choices=Period.choices)
    kind = forms.ChoiceField(label="What", choices=[("", "Everything"), *Kind.choices])


class ReviewVerdict(WordsForm):
    """Whether what stood out was in order. `count`: how much of it was shown."""

    use_required_attribute = False

    count = forms.IntegerField(required=False, widget=forms.HiddenInput)
    in_order = choice("Was it in order?", VERDICTS, "Say whether it was in order.", widget=RadioChoices())
    reason = prose("Why?", "Say why.", limit=SHORT_PROSE, rows=4, help_text="Name no member here.")
