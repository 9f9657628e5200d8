"""What somebody types who starts a date of a law, or records that what it asks for is done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from complaints.forms.desk import SHORT_PROSE, choice, prose
from complaints.forms.local_dates import MomentFault, read_moment
from complaints.forms.try_dates import amount_field, moment_field
from complaints.queries.legal_dates import DateToMeet, DateToStart
from members.form_acts import ActForm
from members.form_fields import RadioChoices

WHERE = "Where the insurer is, as 2026-06-01 10:00."


class _MomentForm(ActForm):
    """A form with one moment, by the wall clock of the house."""

    def clean_moment(self) -> datetime:
        """Return the moment that was typed."""
        try:
            return read_moment(self.cleaned_data["moment"], ZoneInfo(settings.HOUSE_TIME_ZONE))
        except MomentFault as fault:
            raise forms.ValidationError(str(fault)) from None


class StartDateForm(_MomentForm):
    """Which date of a law begins, when it began, and why it is owed. `dates` are those that fit the complaint."""

    rule = choice("Which date?", (), "Choose the date.", widget=RadioChoices())
    moment = moment_field("When did it begin?", f"Receipt is not entry: enter when it came in. {WHERE}")
    days = amount_field("Limit in days", "Only where the law leaves it open, for example to the letter of a regulator.")
    words = prose(
        "Why is it owed?",
        "Say why it is owed.",
        limit=SHORT_PROSE,
        rows=3,
        help_text="Stands on the case as a note for colleagues.",
    )

    def __init__(self, *args: Any, dates: Sequence[DateToStart], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rules = {date.key: date.rule for date in dates}
        self.fields["rule"].choices = [(date.key, date.words) for date in dates]

    def clean_rule(self) -> tuple[str, str, str]:
        """Return what names the rule."""
        return self._rules[self.cleaned_data["rule"]]


class MeetDateForm(_MomentForm):
    """What was done, when and how. `dates` are those that wait for it."""

    kind = choice("What is done?", (), "Choose what is done.", widget=RadioChoices())
    moment = moment_field("When was it done?", WHERE)
    words = prose(
        "How was it done?",
        "Say how it was done.",
        limit=SHORT_PROSE,
        rows=3,
        help_text="Stands on the case as a note for colleagues.",
    )

    def __init__(self, *args: Any, dates: Sequence[DateToMeet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(date.kind, date.words) for date in dates]
