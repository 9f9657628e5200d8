"""What is typed to restrict a complaint, to break the glass, and to judge that."""

from complaints.enums import RestrictionKind
from complaints.forms.desk import SHORT_PROSE, LookUpForm, choice, prose
from members.form_acts import ActForm
from members.form_fields import RadioChoices
from members.form_words import WordsForm

VERDICTS = (("yes", "Yes, it was justified"), ("no", "No, it was not"))


class RestrictForm(ActForm):
    """Why few may see a complaint."""

    kind = choice("Why is it restricted?", RestrictionKind.choices, "Choose why.", widget=RadioChoices())
    reason = prose("What makes it so?", "Say what makes it so.", limit=SHORT_PROSE, rows=4)


class LiftForm(ActForm):
    """Why everybody may see it again."""

    reason = prose("Why can everybody see it again?", "Say why.", limit=SHORT_PROSE, rows=4)


class GlassForm(LookUpForm):
    """Which complaint has to be opened, and why."""

    use_required_attribute = False

    reason = prose(
        "Why do you have to see it now?",
        "Say why you have to see it now.",
        limit=SHORT_PROSE,
        rows=4,
        help_text="The privacy officer reads this.",
    )


class VerdictForm(WordsForm):
    """Whether an opening was justified."""

    use_required_attribute = False

    justified = choice("Was it justified?", VERDICTS, "Say whether it was justified.", widget=RadioChoices())
    reason = prose("Why?", "Say why.", limit=SHORT_PROSE, rows=4)
