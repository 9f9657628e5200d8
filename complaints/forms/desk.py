"""What the staff type at the desk."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from complaints.correspondence.models import LetterChannel
from complaints.enums import EvidenceSource, Level, LineOfBusiness, Outcome, RemedyKind, Track
from complaints.operations import Axes, suggest_track
from complaints.queries.case_dates import MovableDate
from complaints.reference import read_reference
from members.form_acts import ActForm
from members.form_fields import DateField, ProseField, RadioChoices
from members.form_words import WordsForm

PROSE = 10_000
SHORT_PROSE = 2_000
TITLE = 200
EARLIEST = date(1900, 1, 1)
AS_SUGGESTED = "suggested"
CHOOSE = ("", "Choose one")
WHY_LATER = {
    "member_asked": "The member asked for more time",
    "information_in_members_interest": "We need information, and waiting for it is in the member’s interest",
}
YES_NO = (("yes", "Yes"), ("no", "No"))


def prose(label: str, missing: str, *, limit: int = PROSE, rows: int = 6, **kwargs: Any) -> ProseField:
    """Return a field for words of the staff's own."""
    return ProseField(
        label=label,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": missing,
            "max_length": "This is too long: %(show_value)d characters, where there is room for %(limit_value)d.",
        },
        **kwargs,
    )


def choice(label: str, choices: Iterable[tuple[Any, Any]], missing: str, **kwargs: Any) -> forms.ChoiceField:
    """Return one answer of a few, as radios in a row."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=kwargs.pop("widget", None) or RadioChoices(inline=True),
        error_messages={"required": missing, "invalid_choice": missing},
        **kwargs,
    )


class LookUpForm(WordsForm):
    """A reference, typed or pasted."""

    reference = forms.CharField(
        label="Reference",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "C-26-7KQ4-M2XD"}),
        error_messages={
            "required": "Enter a reference.",
            "max_length": "This is too long for a reference, which looks like C-26-7KQ4-M2XD.",
        },
    )

    def clean_reference(self) -> str:
        """Return the reference in its one written form; its check character tells a slip of the finger."""
        reference = read_reference(self.cleaned_data["reference"])
        if reference is None:
            raise forms.ValidationError(
                "One sign of this reference is wrong or missing: its check character does not match. "
                "It looks like C-26-7KQ4-M2XD."
            )
        return reference


class TakeForm(ActForm):
    """Whom the case belonged to when the page was made."""

    owner = forms.UUIDField(widget=forms.HiddenInput, required=False)


class ConfirmForm(ActForm):
    """Nothing to type: pressing is all."""


class AcknowledgeForm(ActForm):
    """How the complainant was told that we have the complaint."""

    proof = choice(
        "How did you confirm it?",
        (("phone", "On the phone"), ("post", "By a posted letter")),
        "Say how you confirmed it.",
    )


class AssessForm(ActForm):
    """The six axes of ISO 10002 7.5, the coverage, and the track, which follows unless somebody says why not."""

    severity = choice("Severity", Level.choices, "Choose how severe it is.")
    safety = choice("Safety: could somebody come to harm?", Level.choices, "Choose how much safety is at stake.")
    complexity = choice("Complexity", Level.choices, "Choose how complex it is.")
    impact = choice("Impact: how many people, how much", Level.choices, "Choose how far it reaches.")
    immediate_action_needed = choice("Is immediate action needed?", YES_NO, "Say whether action is needed at once.")
    immediate_action_possible = choice("Is immediate action possible?", YES_NO, "Say whether it is possible.")
    line_of_business = choice(
        "Line of business: what coverage is it about?",
        LineOfBusiness.choices,
        "Choose the line of business.",
        widget=forms.Select,
        help_text="It and the track say which laws bind the complaint. Their dates count from receipt.",
    )
    track = choice(
        "Track",
        ((AS_SUGGESTED, "As suggested"), *Track.choices),
        "Choose a track.",
        initial=AS_SUGGESTED,
    )
    override_reason = prose("Why another track?", "", limit=SHORT_PROSE, rows=2, required=False)

    def axes(self) -> Axes:
        """Return the six answers."""
        answers = self.cleaned_data
        return Axes(
            **{axis: Level(answers[axis]) for axis in ("severity", "safety", "complexity", "impact")},
            immediate_action_needed=answers["immediate_action_needed"] == "yes",
            immediate_action_possible=answers["immediate_action_possible"] == "yes",
        )

    def suggestion(self) -> Track | None:
        """Return the track the axes call for, None while one of them is missing."""
        complete = self.is_bound and not set(self.errors) - {"line_of_business", "track", "override_reason"}
        return suggest_track(self.axes()) if complete else None

    def chosen_track(self) -> Track | None:
        """Return the track that somebody chose instead of leaving it to the axes."""
        chosen = self.cleaned_data.get("track")
        return Track(chosen) if chosen and chosen != AS_SUGGESTED else None

    def clean(self) -> None:
        """Ask for the reason where one is needed."""
        chosen, suggested = self.chosen_track(), self.suggestion()
        if chosen and suggested and chosen != suggested and not self.cleaned_data.get("override_reason"):
            self.add_error("override_reason", f"Say why the track is not {suggested.label}, as suggested.")


class NoteForm(ActForm):
    """Words for colleagues."""

    body = prose("Note", "Write the note.")


class MessageForm(ActForm):
    """Words for the member."""

    body = prose("Message", "Write the message.")


class EvidenceForm(ActForm):
    """A piece of evidence with its provenance. `today` is the day it is where the insurer is."""

    title = forms.CharField(
        label="What is it?",
        max_length=TITLE,
        error_messages={
            "required": "Say what it is.",
            "max_length": "This is too long: %(show_value)d characters, where there is room for %(limit_value)d.",
        },
    )
    source = choice(
        "Where does it come from?",
        (CHOOSE, *EvidenceSource.choices),
        "Choose where it comes from.",
        widget=forms.Select,
    )
    obtained_on = DateField(
        label="When did we get it?", help_text="For example 6 30 2026.", error_messages={"required": "Enter the date."}
    )
    detail = prose("What does it show?", "", limit=4_000, rows=4, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_obtained_on(self) -> date:
        """Refuse the future, and years that nobody meant."""
        day = self.cleaned_data["obtained_on"]
        if day > self.today:
            raise forms.ValidationError("The date cannot be in the future.")
        if day < EARLIEST:
            raise forms.ValidationError("Check the year: it is before 1900.", params={"parts": ["year"]})
        return day


class AddressForm(ActForm):
    """Where a letter reaches the complainant."""

    postal_address = prose(
        "Postal address",
        "Enter the address.",
        limit=500,
        rows=4,
        help_text="As it stands on the envelope, without the name.",
    )


class FindingsForm(ActForm):
    """What the investigation found."""

    findings = prose("Findings", "Write what you found.", rows=8)


class DecideForm(ActForm):
    """The decision and all that the letter needs to tell of it."""

    outcome = choice(
        "Outcome",
        [(outcome.value, outcome.label) for outcome in Outcome if outcome is not Outcome.NO_FINDING],
        "Choose the outcome.",
    )
    rationale = prose(
        "Why?",
        "Give the reasons for the decision.",
        rows=8,
        help_text="Goes into the letter: plain words, to the member.",
    )
    evidence_reviewed = prose(
        "Evidence reviewed",
        "Say what the decision rests on.",
        rows=4,
        help_text="Goes into the letter: one item a line.",
    )
    remedy_kind = choice(
        "Remedy", (CHOOSE, *RemedyKind.choices), "Choose the remedy, or “No remedy”.", widget=forms.Select
    )
    remedy = prose(
        "What we do, and by when",
        "",
        limit=4_000,
        rows=3,
        required=False,
        help_text="Goes into the letter.",
    )

    def clean(self) -> None:
        """Ask what will be done, unless nothing will."""
        kind = self.cleaned_data.get("remedy_kind")
        if kind and kind != RemedyKind.NONE and not self.cleaned_data.get("remedy") and "remedy" not in self.errors:
            self.add_error("remedy", "Say what we do, and by when.")


class LetterForm(ActForm):
    """The way a letter goes. Somebody without an account gets it by post."""

    channel = choice("How does it go?", LetterChannel.choices, "Choose how the letter goes.")

    def __init__(self, *args: Any, can_go_online: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].initial = LetterChannel.PORTAL if can_go_online else LetterChannel.POST
        if not can_go_online:
            self.fields["channel"].choices = [(LetterChannel.POST.value, LetterChannel.POST.label)]
            self.fields["channel"].help_text = "There is no account to read it in online."


class ExtendForm(ActForm):
    """Which date moves, by how many days and why. `dates` are those that a law lets move."""

    kind = choice("Which date?", (), "Choose the date.", widget=RadioChoices())
    days = forms.IntegerField(
        label="By how many days?",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3", "autocomplete": "off"}),
        error_messages={
            "required": "Enter a number of days.",
            "invalid": "Enter a whole number of days, like 14.",
            "min_value": "Enter a number of days from 1 on.",
        },
    )
    reason = choice("For which reason?", (), "Choose the reason.", widget=RadioChoices())
    words = prose(
        "What are you waiting for?",
        "Say what we wait for.",
        limit=SHORT_PROSE,
        rows=3,
        help_text="Goes into the letter: plain words, to the member.",
    )

    def __init__(self, *args: Any, dates: Sequence[MovableDate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = dict.fromkeys(reason for date in dates for reason in date.reasons)
        self.fields["kind"].choices = [(date.kind, f"{date.title}, due by {date.due}") for date in dates]
        self.fields["reason"].choices = [(reason, WHY_LATER.get(reason, reason)) for reason in reasons]
        self.fields["days"].help_text = " ".join(f"{date.title}: {date.most_days} days at most." for date in dates)


class WaitForm(ActForm):
    """What we ask the member for."""

    body = prose(
        "What do you ask for?", "Write what you ask for.", rows=5, help_text="The member reads it as a message."
    )
