"""What the includes of templates/ui need to know about a form, and how days, moments and numbers are written."""

from dataclasses import dataclass
from datetime import date, datetime

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.html import format_html
from django.utils.safestring import SafeString

from members.dates import day_in_words, moment_in_words
from members.form_fields import DATE_PARTS, DateInputs

register = template.Library()

# Most special first: a class is found before the one it derives from.
KINDS = (
    (DateInputs, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
    (forms.HiddenInput, "hidden"),
)
CONTROL_CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "input": "govuk-input",
}


@dataclass(frozen=True)
class ErrorLink:
    """One line of the error summary. `target` is the id of the first control at fault, "" when there is none."""

    message: str
    target: str


@register.filter
def field_kind(field: BoundField) -> str:
    """Return which part of ui/field.html draws the field: "radios", "date", "textarea" … or "input"."""
    for widget, kind in KINDS:
        if isinstance(field.field.widget, widget):
            return kind
    return "input"


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw the one control of a labelled field with its classes and descriptions.

    `maxlength` is left out on purpose: browsers cut what is pasted without a word, the form says what is too long.
    """
    kind = field_kind(field)
    css = CONTROL_CLASSES[kind]
    if field.errors:
        css += f" {css.partition(' ')[0]}--error"
    if own := field.field.widget.attrs.get("class"):
        css += f" {own}"
    attrs = {"class": css, "maxlength": False}
    if kind == "textarea":
        attrs |= {"class": f"{css} govuk-js-character-count", "dir": "auto"}
    elif kind == "input" and field.field.widget.input_type == "text":
        attrs["dir"] = "auto"
    described_by = [field.aria_describedby] if field.aria_describedby else []
    if counted_length(field):
        described_by.append(f"{field.auto_id}-info")
    return field.as_widget(attrs=attrs | {"aria-describedby": " ".join(described_by) or False})


@register.filter
def counted_length(field: BoundField) -> int | None:
    """Return the greatest length of a text area whose characters are counted, None for every other field."""
    return field.field.max_length if field_kind(field) == "textarea" else None


@register.filter
def is_optional(field: BoundField) -> bool:
    """Tell whether the label says "(optional)". A lone box to tick never does: leaving it is an answer."""
    return not field.field.required and field_kind(field) not in {"checkbox", "hidden"}


@register.filter
def choice_hint(option: BoundWidget, field: BoundField) -> str:
    """Return the hint under a choice, "" without one."""
    return getattr(field.field.widget, "hints", {}).get(str(option.data["value"]), "")


@register.filter
def revealed_by(option: BoundWidget, field: BoundField) -> BoundField | None:
    """Return the field that taking this choice brings up."""
    name = getattr(field.field.widget, "reveals", {}).get(str(option.data["value"]))
    return field.form[name] if name else None


@register.filter
def parts_at_fault(field: BoundField) -> list[str]:
    """Return which inputs of a date to mark: those an error names, all when it names none, none without an error."""
    named = [part for error in field.errors.as_data() for part in (error.params or {}).get("parts", ())]
    return named or (list(DATE_PARTS) if field.errors else [])


@register.filter
def first_control(field: BoundField) -> str:
    """Return the id of the control that a link from the error summary leads to."""
    match field_kind(field):
        case "radios" | "checkboxes":
            return f"{field.auto_id}_0"
        case "date":
            return f"{field.auto_id}_{(parts_at_fault(field) or DATE_PARTS)[0]}"
        case "hidden":
            return ""
    return field.auto_id


@register.filter
def error_links(form: forms.BaseForm) -> list[ErrorLink]:
    """Return the lines of the error summary in the order of the page, the form's own errors last."""
    lines = [ErrorLink(message, first_control(field)) for field in form for message in field.errors]
    return lines + [ErrorLink(message, "") for message in form.non_field_errors()]


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """Return a day, or the day of a moment where the page is read: "March 4, 2026"."""
    return day_in_words(value)


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """Return a moment where the page is read: "March 4, 2026, 9:30 AM"."""
    return moment_in_words(value)


@register.filter
def ltr(text: object) -> SafeString:
    """Isolate a reference, a phone or an amount, so that it reads left to right inside Arabic too."""
    return format_html('<bdi dir="ltr">{}</bdi>', text)


@register.filter
def beside(columns: list, row: list) -> list[tuple]:
    """Pair each column with its cell of the row, so that a phone can show the label beside the cell."""
    return list(zip(columns, row, strict=True))
