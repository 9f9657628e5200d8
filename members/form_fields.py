"""Form fields and widgets that templates/ui/field.html knows how to draw."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class ExplainedChoices:
    """Adds to a choice widget a hint under a choice and a field that appears when the choice is taken.

    `hints` maps a choice's value to its hint, `reveals` maps a choice's value to the name of another field of the
    same form. The revealed field is drawn inside the choice and must not be drawn a second time. Without script it is
    always visible; whether its answer counts is for the form's `clean` to say.
    """

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        hints: Mapping[str, Any] | None = None,
        reveals: Mapping[str, str] | None = None,
        inline: bool = False,
    ) -> None:
        super().__init__(attrs)
        self.hints = hints or {}
        self.reveals = reveals or {}
        self.inline = inline


class RadioChoices(ExplainedChoices, forms.RadioSelect):
    """One answer of a few."""


class CheckboxChoices(ExplainedChoices, forms.CheckboxSelectMultiple):
    """Any number of answers of a few."""


DATE_PARTS = ("month", "day", "year")
YEAR_DIGITS = 4


class DateInputs(forms.MultiWidget):
    """A date typed as month, day and year. `birthday` lets the browser fill it in."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, birthday: bool = False) -> None:
        parts = {}
        for part in DATE_PARTS:
            part_attrs = {"inputmode": "numeric"}
            if birthday:
                part_attrs["autocomplete"] = f"bday-{part}"
            parts[part] = forms.TextInput(attrs=part_attrs)
        super().__init__(parts, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give each input the id that names its part: a link in the error summary leads there."""
        context = super().get_context(name, value, attrs)
        if id_ := context["widget"]["attrs"].get("id"):
            for part, widget in zip(DATE_PARTS, context["widget"]["subwidgets"], strict=True):
                widget["attrs"]["id"] = f"{id_}_{part}"
        return context

    def decompress(self, value: date | list[str] | None) -> list[str]:
        """Return the three inputs' texts for a date, for what was typed before, or for nothing."""
        if not value:
            return ["", "", ""]
        if isinstance(value, date):
            return [str(value.month), str(value.day), str(value.year)]
        return list(value)


class DateField(forms.Field):
    """A date from three inputs. What was typed is shown again, however wrong.

    An error knows which inputs it is about (`params["parts"]`), so that only these are marked. Whether a date may lie
    in the past or the future is for the form to say: it knows the time, this field does not.
    """

    widget = DateInputs
    default_error_messages = {
        "required": _("Enter a date."),
        "incomplete": _("The date must include a month, a day and a year."),
        "year": _("The year must have 4 numbers, for example 2026."),
        "invalid": _("Enter a real date, for example 6 30 2026."),
    }

    def to_python(self, value: list[str | None] | None) -> date | None:
        """Return the date, None when all three are empty, else raise naming the parts at fault."""
        typed = [(part or "").strip() for part in value or ("", "", "")]
        if not any(typed):
            return None
        if missing := [name for name, part in zip(DATE_PARTS, typed, strict=True) if not part]:
            raise self._error("incomplete", missing)
        if unreadable := [name for name, part in zip(DATE_PARTS, typed, strict=True) if not _is_number(part)]:
            raise self._error("invalid", unreadable)
        month, day, year = (int(part) for part in typed)
        if len(typed[-1]) != YEAR_DIGITS:
            raise self._error("year", ["year"])
        try:
            return date(year, month, day)
        except ValueError:
            raise self._error("invalid", list(DATE_PARTS)) from None

    def _error(self, code: str, parts: list[str]) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"parts": parts})


def _is_number(text: str) -> bool:
    """Tell whether the text is a short run of digits, of any script. Longer runs are no part of a date."""
    return len(text) <= YEAR_DIGITS and text.isdecimal()


class ProseField(forms.CharField):
    """Free words in a text area with a counter. Line ends count as one character, as the counter counts them."""

    widget = forms.Textarea

    def to_python(self, value: str | None) -> str:
        """Return the text with plain line feeds: browsers send two characters for each line end."""
        return super().to_python(value).replace("\r\n", "\n")
