"""What is typed to hold a case and to release a hold."""

from complaints.forms.desk import SHORT_PROSE, choice, prose
from members.form_fields import RadioChoices
from members.form_words import WordsForm

REACH = (
    ("case", "This case, with the others of its series"),
    ("member", "This case and everything else of this member, also what comes later"),
)


class PlaceHoldForm(WordsForm):
    """What is kept, and why."""

    use_required_attribute = False

    reach = choice("What is held?", REACH, "Choose what is held.", widget=RadioChoices())
    reason = prose(
        "Why?", "Say why it is held.", limit=SHORT_PROSE, rows=4, help_text="For instance a lawsuit or an inquiry."
    )


class ReleaseHoldForm(WordsForm):
    """Why it is held no longer."""

    use_required_attribute = False

    reason = prose("Why can it be released?", "Say why it can be released.", limit=SHORT_PROSE, rows=4)
