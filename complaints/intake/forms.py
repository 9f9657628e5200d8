"""The questions of the complaint form, one class a page. Labels are written for a reading grade of 9 or less."""

from datetime import date
from typing import Any, Self

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from complaints.enums import Language, Relationship, Topic
from members.dates import day_in_words
from members.form_fields import DateField, ProseField, RadioChoices
from members.form_words import WordsForm

LONGEST_STORY = 30_000
LONGEST_WISH = 5_000
EARLIEST = date(1900, 1, 1)
FEWEST_DIGITS = 7
Typed = dict[str, list[str]]
"""What was typed on one page: each input's name with its values, as the browser sent them."""


class OwnWords(ProseField):
    """Somebody's own words, kept exactly, white space and all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def validate(self, value: str) -> None:
        """Refuse words that are only white space where words are needed."""
        super().validate(value if value.strip() else "")


class StepForm(WordsForm):
    """One page of questions. `today` is the day it is in the house's time zone.

    A draft keeps what was typed, right or wrong; whether a page is answered is what its form says of it.
    """

    use_required_attribute = False

    def __init__(self, data: MultiValueDict | None = None, *, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(data, **kwargs)

    @classmethod
    def showing(cls, typed: Typed, *, today: date, otherwise: dict[str, Any]) -> Self:
        """Return the form as it was left, without finding fault; `otherwise` fills a page that was never typed on."""
        form = cls(today=today)
        if typed:
            sent = MultiValueDict(typed)
            form.initial = {
                name: field.widget.value_from_datadict(sent, MultiValueDict(), name)
                for name, field in form.fields.items()
            }
        else:
            form.initial = {name: value for name, value in otherwise.items() if name in form.fields}
        return form

    @property
    def typed(self) -> Typed:
        """What a draft keeps of this page."""
        names = [sent for name in self.fields for sent in self.input_names(name)]
        return {name: self.data.getlist(name) for name in names if name in self.data}

    def shown(self, name: str) -> str:
        """Return a valid answer in words, "" when there is none."""
        value, field = self.cleaned_data[name], self.fields[name]
        if isinstance(value, date):
            return day_in_words(value)
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices)[self.data[name]])
        return str(value)


class WhoForm(StepForm):
    """Who complains, and how to reach them."""

    relationship = forms.ChoiceField(
        label=_("Who are you?"),
        choices=Relationship.choices,
        widget=RadioChoices,
        error_messages={"required": _("Choose who you are.")},
    )
    name = forms.CharField(
        label=_("Your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": _("Enter your full name."),
            "max_length": _("Your name must be 120 characters or less."),
        },
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We use it to confirm that we have your complaint. We never send health details by e-mail."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "invalid": _("Enter an e-mail address like name@example.com."),
            "max_length": _("Your e-mail address must be 254 characters or less."),
        },
    )
    phone = forms.CharField(
        label=_("Phone number"),
        required=False,
        max_length=40,
        widget=forms.TelInput(attrs={"autocomplete": "tel", "class": "govuk-input--width-20"}),
        error_messages={"max_length": _("Your phone number must be 40 characters or less.")},
    )
    postal_address = OwnWords(
        label=_("Postal address"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        error_messages={"max_length": _("Your postal address must be 400 characters or less.")},
    )
    member_number = forms.CharField(
        label=_("Member number"),
        help_text=_("It is on the member card. Leave it out if you do not have it."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}),
        error_messages={"max_length": _("The member number must be 40 characters or less.")},
    )
    language = forms.ChoiceField(
        label=_("Which language should we use with you?"),
        choices=Language.choices,
        widget=forms.Select(attrs={"autocomplete": "language"}),
        error_messages={"required": _("Choose a language.")},
    )

    def clean_phone(self) -> str:
        """Refuse what cannot be dialled; how a number is written is the person's own affair."""
        phone = self.cleaned_data["phone"]
        if phone and sum(sign.isdecimal() for sign in phone) < FEWEST_DIGITS:
            raise forms.ValidationError(_("Enter a phone number with its area code, like 860-555-0100."))
        return phone

    def clean(self) -> dict[str, Any]:
        """Ask for one way to answer: without any, nobody would ever hear from us."""
        answers = super().clean()
        ways = ("email", "phone", "postal_address")
        if not any(answers.get(way, "").strip() or way in self.errors for way in ways):
            self.add_error(
                "email", _("Enter an e-mail address, a phone number or a postal address, so that we can answer.")
            )
        return answers


class UrgentForm(StepForm):
    """Whether waiting is dangerous."""

    harm_if_waiting = forms.TypedChoiceField(
        label=_("Could waiting for our answer harm someone’s health?"),
        help_text=_("For example: strong pain, a medicine that runs out, or care that cannot wait."),
        choices=[("yes", _("Yes, waiting could do harm")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=RadioChoices(hints={"yes": _("We put your complaint first.")}),
        error_messages={"required": _("Choose yes if waiting could do harm, or no.")},
    )


class TopicForm(StepForm):
    """What it is about, and when it was."""

    topic = forms.ChoiceField(
        label=_("What is your complaint about?"),
        help_text=_("Choose what fits best. You can tell us more on the next page."),
        choices=Topic.choices,
        widget=RadioChoices,
        error_messages={"required": _("Choose what your complaint is about.")},
    )
    happened_on = DateField(
        label=_("When did it happen?"),
        help_text=_("For example, 6 30 2026. If it went on for a while, enter the first day."),
        required=False,
    )

    def clean_happened_on(self) -> date | None:
        """Refuse days that nobody can complain about."""
        day = self.cleaned_data["happened_on"]
        if day and day > self.today:
            raise forms.ValidationError(_("The date must be today or in the past."))
        if day and day < EARLIEST:
            raise forms.ValidationError(_("The year must be 1900 or later."), params={"parts": ["year"]})
        return day


class StoryForm(StepForm):
    """What happened."""

    narrative = OwnWords(
        label=_("Tell us what happened"),
        help_text=_("Use your own words, in any language. Names, dates and what you were told help us."),
        max_length=LONGEST_STORY,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={
            "required": _("Tell us what happened."),
            "max_length": _(
                "Your text is too long: it has %(show_value)d characters, and we can take %(limit_value)d."
            ),
        },
    )


class ManyFiles(forms.FileInput):
    """A control for choosing several files at once."""

    allow_multiple_selected = True


class FilesForm(StepForm):
    """What goes with it. It only draws the control: `attach_files` checks and seals what was chosen."""

    files = forms.FileField(
        label=_("Add letters, bills or photos"),
        help_text=_(
            "PDF files and photos (JPG, PNG or HEIC). You can add 20 files. Each can have up to 25 MB, and all of them"
            " 100 MB."
        ),
        required=False,
        widget=ManyFiles(attrs={"multiple": True, "accept": ".pdf,.jpg,.jpeg,.png,.heic,.heif"}),
    )


class OutcomeForm(StepForm):
    """What would put it right."""

    desired_outcome = OwnWords(
        label=_("What would make this right?"),
        help_text=_("For example: pay the claim, correct my record, explain the decision, say sorry."),
        required=False,
        max_length=LONGEST_WISH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "max_length": _(
                "Your text is too long: it has %(show_value)d characters, and we can take %(limit_value)d."
            ),
        },
    )
