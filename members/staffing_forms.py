"""What administrators type about teams and absences."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.accounts.models import User
from members.form_fields import DateField


class TeamForm(forms.Form):
    """The name of a new team."""

    name = forms.CharField(
        label=_("Name of the new team"),
        max_length=60,
        error_messages={"required": _("Enter a name for the team."), "max_length": _("Use 60 characters or less.")},
    )


class AbsenceForm(forms.Form):
    """When somebody is away, and who stands in."""

    first_on = DateField(label=_("First day away"), error_messages={"required": _("Enter the first day.")})
    last_on = DateField(label=_("Last day away"), error_messages={"required": _("Enter the last day.")})
    stand_in_id = forms.TypedChoiceField(
        label=_("Who stands in?"),
        required=False,
        coerce=UUID,
        empty_value=None,
        error_messages={"invalid_choice": _("Choose somebody who works here.")},
    )

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        """Offer these colleagues."""
        super().__init__(*args, **kwargs)
        self.fields["stand_in_id"].choices = [("", _("Nobody")), *((str(user.pk), str(user)) for user in colleagues)]

    def clean_last_on(self) -> Any:
        """Refuse an end before the beginning."""
        first, last = self.cleaned_data.get("first_on"), self.cleaned_data["last_on"]
        if first and last < first:
            raise ValidationError(_("The last day must not be before the first."))
        return last
