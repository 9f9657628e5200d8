"""What is typed at the door. The forms check that something was typed; whether it is right is for the operations."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from members.accounts.models import STAFF_ROLES
from members.form_fields import CheckboxChoices, DateField, DateInputs

TOO_LONG = _("This is too long. Check what you typed, then try again.")
LONGEST_LINE = 1024
"""No line that a person types at the door is so long; a password, the longest, has four times fewer signs."""


class DoorForm(forms.Form):
    """A form that anybody can send: what is too long for its field is neither looked at nor sent back."""

    def __init__(self, data: MultiValueDict | None = None, *args: Any, **kwargs: Any) -> None:
        """Take what was sent, each name with its list of values, but for what is too long for any person."""
        sent = dict(data.lists()) if data is not None else {}
        self._endless = {name for name, values in sent.items() if any(len(value) > LONGEST_LINE for value in values)}
        kept = MultiValueDict({name: [""] if name in self._endless else values for name, values in sent.items()})
        super().__init__(None if data is None else kept, *args, **kwargs)

    def full_clean(self) -> None:
        """Check as any form does, then say of what was left out that it is too long."""
        super().full_clean()
        for name, field in self.fields.items() if self.is_bound else ():
            if any(sent == name or sent.startswith(f"{name}_") for sent in self._endless):
                self._errors[name] = self.error_class([field.error_messages.get("max_length", TOO_LONG)])
                self.cleaned_data.pop(name, None)


class SignInForm(DoorForm):
    """E-mail address and password. A wrong address is no error of its own: it would tell who has an account."""

    email = forms.CharField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your email address."),
            "max_length": _("Enter an email address with 254 characters or less."),
        },
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": _("Enter your password."),
            "max_length": _("A password has 256 characters or less."),
        },
    )


class CodeForm(DoorForm):
    """A code of six digits from an authenticator app; blanks between the digits do not matter."""

    code = forms.CharField(
        label=_("6-digit code"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
        ),
        error_messages={
            "required": _("Enter the 6-digit code."),
            "max_length": _("Enter 6 numbers, for example 123456."),
        },
    )

    def clean_code(self) -> str:
        """Return the digits."""
        code = "".join(self.cleaned_data["code"].split())
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError(_("Enter 6 numbers, for example 123456."))
        return code


class RecoveryCodeForm(DoorForm):
    """A code from the sheet; how it is grouped does not matter."""

    code = forms.CharField(
        label=_("Recovery code"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-30"}),
        error_messages={
            "required": _("Enter one of your recovery codes."),
            "max_length": _("A recovery code has 25 letters and numbers. Enter one code only."),
        },
    )


class PasswordForm(DoorForm):
    """The present password, to show once more who it is."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": _("Enter your password."),
            "max_length": _("A password has 256 characters or less."),
        },
    )


class NewPasswordForm(DoorForm):
    """A new password. It can be shown while it is typed, so it is asked for once. The operation judges it."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 15 characters. Four or more words that do not belong together are a good way."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": _("Enter a new password."),
            "max_length": _("Use at most 256 characters."),
        },
    )


class EndSessionForm(forms.Form):
    """The session to end; none of them means all others."""

    handle = forms.UUIDField(required=False)


class EmailForm(DoorForm):
    """An e-mail address, checked for its form only."""

    email = forms.CharField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter an email address."),
            "max_length": _("Enter an email address with 254 characters or less."),
        },
    )

    def clean_email(self) -> str:
        """Return the address."""
        email: str = self.cleaned_data["email"]
        try:
            validate_email(email)
        except ValidationError:
            raise ValidationError(_("Enter an email address such as name@example.com.")) from None
        return email


class PasskeyForm(forms.Form):
    """What the browser answers when it is asked for a passkey; the script fills it in. Without script it is empty."""

    credential = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)


class NewPasskeyForm(PasskeyForm):
    """A new passkey and by which name its owner knows it."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("For example: work laptop."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={
            "required": _("Give the passkey a name, so that you know it later."),
            "max_length": _("Use 60 characters or less."),
        },
    )


JOINERS = "\u200c\u200d"
"""Signs that nobody sees and that some scripts need to write a name."""


class InviteForm(EmailForm):
    """Who is to work here, and as what."""

    display_name = forms.CharField(
        label=_("Name"),
        help_text=_("As colleagues and members read it, for example Dana Ruiz."),
        max_length=80,
        error_messages={
            "required": _("Enter the name."),
            "max_length": _("Use 80 characters or less."),
        },
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=STAFF_ROLES,
        widget=CheckboxChoices,
        error_messages={"required": _("Choose at least one role.")},
    )
    field_order = ("display_name", "email", "roles")

    def clean_display_name(self) -> str:
        """Return the name, which has no sign that breaks a line or turns the direction of others."""
        name: str = self.cleaned_data["display_name"]
        if any(unicodedata.category(sign)[0] == "C" and sign not in JOINERS for sign in name):
            raise ValidationError(_("The name has a sign in it that nobody sees. Type it anew, without pasting."))
        return name


class ReasonForm(forms.Form):
    """Why something is done that needs two people."""

    reason = forms.CharField(
        label=_("How did this person show who they are?"),
        max_length=200,
        error_messages={
            "required": _("Say how this person showed who they are."),
            "max_length": _("Use 200 characters or less."),
        },
    )


class RegistrationForm(DoorForm):
    """What stands on the member card and what only the member should know."""

    member_number = forms.CharField(
        label=_("Member number"),
        help_text=_("It is on your member card."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}),
        error_messages={
            "required": _("Enter the number on your member card."),
            "max_length": _("A member number has 40 characters or less."),
        },
    )
    born_on = DateField(
        label=_("Date of birth"),
        help_text=_("For example 6 30 1980."),
        widget=DateInputs(birthday=True),
        error_messages={"required": _("Enter your date of birth.")},
    )
    postal_code = forms.CharField(
        label=_("ZIP code"),
        help_text=_("Of the address that we write to."),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "class": "govuk-input--width-10"}),
        error_messages={
            "required": _("Enter your ZIP code."),
            "max_length": _("A ZIP code has 5 or 9 numbers."),
        },
    )

    def clean_postal_code(self) -> str:
        """Return the code as it was typed, if it is one."""
        code: str = self.cleaned_data["postal_code"]
        if not re.fullmatch(r"\d{5}(-?\d{4})?", code, re.ASCII):
            raise ValidationError(_("A ZIP code has 5 or 9 numbers."))
        return code
