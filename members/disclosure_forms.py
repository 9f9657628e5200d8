"""What is typed to agree that data is shared, to record that on paper, and to record what has gone."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from members.disclosures.texts import BY_CODE, TEXTS, ConsentText
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way
from members.form_acts import ActForm
from members.form_fields import CheckboxChoices, DateField, RadioChoices
from members.form_words import WordsForm

ON_PAPER = (Way.POST, Way.IN_PERSON, Way.EMAIL)
OUTSIDE = (Way.PHONE, Way.POST, Way.EMAIL, Way.IN_PERSON)


def _words(
    label: Any, required: Any = "", *, most: int = 120, optional: bool = False, hint: Any = ""
) -> forms.CharField:
    """Return a field for some words."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=not optional,
        max_length=most,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": required, "max_length": _("Use %(limit_value)d characters or less.")},
    )


def _choice(label: Any, choices: Any, required: Any, **widget: Any) -> forms.ChoiceField:
    """Return a field for one answer of a few."""
    return forms.ChoiceField(
        label=label, choices=choices, widget=RadioChoices(**widget), error_messages={"required": required}
    )


class ConsentForm(ActForm):
    """Which text, who may get the data, and until when."""

    text = _choice(
        _("What may we do?"),
        [(text.code, text.title) for text in TEXTS],
        _("Choose what we may do."),
        hints={text.code: text.words for text in TEXTS},
    )
    recipient = _words(
        _("Name of the person who may get the data"),
        _("Enter the name of the person."),
        hint=_("First and last name, as we should write it."),
    )
    last_on = DateField(
        label=_("Until when?"),
        help_text=_("The last day, at most one year from now. For example 6 30 2027."),
        error_messages={"required": _("Enter the last day. It must have an end.")},
    )

    @property
    def agreed(self) -> dict[str, Any]:
        """Return the text, the recipient and the end, once the form is valid."""
        said = self.cleaned_data
        text: ConsentText = BY_CODE[said["text"]]
        return {
            "text": text,
            "recipient": said["recipient"],
            "ends_at": end_of(said["last_on"]),
            "key": self.row_id(),
        }


class ShareForm(ConsentForm):
    """A member agrees; who may do everything for others says for whom."""

    def __init__(self, data: Any = None, *, names: Mapping[UUID, str]) -> None:
        super().__init__(data)
        self.names = names
        if len(names) > 1:
            choices = [(str(pk), name) for pk, name in names.items()]
            self.fields["whose"] = _choice(_("Whose data?"), choices, _("Choose whose data it is."))
            self.order_fields(["whose", "text", "recipient", "last_on"])

    @property
    def member_id(self) -> UUID:
        """Return whose data it is about."""
        return UUID(self.cleaned_data["whose"]) if "whose" in self.fields else next(iter(self.names))


class MemberNumberForm(WordsForm):
    """Which member."""

    member_number = _words(_("Member number"), _("Enter the member’s number."), most=40)


class PaperForm(MemberNumberForm, ConsentForm):
    """A privacy officer records a consent that came on paper."""

    channel = _choice(_("How did it come?"), [(way, way.label) for way in ON_PAPER], _("Choose how it came."))
    evidence = _words(
        _("What shows it?"),
        _("Say which document shows it, and where it is on file."),
        most=400,
        hint=_("Which document it is, when it was signed, and where it is on file."),
    )
    field_order = ("member_number", "text", "recipient", "last_on", "channel", "evidence")


class DisclosureForm(MemberNumberForm, ActForm):
    """A privacy officer records what has gone out by phone, by post or in person."""

    recipient = _words(_("Who got it?"), _("Enter the name of whoever got the data."))
    address = _words(_("Address, if known"), optional=True, most=400)
    went_on = DateField(
        label=_("When did it go?"),
        help_text=_("For example 3 27 2026."),
        error_messages={"required": _("Enter the day when it went.")},
    )
    way = _choice(_("How did it go?"), [(way, way.label) for way in OUTSIDE], _("Choose how it went."))
    classes = forms.MultipleChoiceField(
        label=_("Which data?"),
        choices=DataClass.choices,
        widget=CheckboxChoices,
        error_messages={"required": _("Choose what went: at least one kind of data.")},
    )
    what = _words(_("What was it, in a few words?"), _("Say what it was, in a few words."), most=400)
    purpose = _choice(_("What for?"), Purpose.choices, _("Choose what it went for."))
    basis = _choice(
        _("On which ground?"),
        [(basis, basis.label) for basis in Basis if basis != Basis.REPRESENTATION],
        _("Choose the ground. If there was none, say so: it is told all the same."),
    )


class MistakeForm(ActForm):
    """A privacy officer says why an entry should not be there."""

    reason = _words(
        _("Why should it not be there?"),
        _("Say why this should not be there."),
        most=400,
        hint=_("The member reads this."),
    )


def end_of(day: Any) -> datetime:
    """Return the last moment of a day in the house's time zone."""
    return datetime.combine(day, time.max, ZoneInfo(settings.HOUSE_TIME_ZONE))
