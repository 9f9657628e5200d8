"""What is typed about drafts of policies."""

import re
from datetime import date
from typing import Any

from django import forms

from complaints.forms.quality import ActForm
from members.form_fields import DateField, ProseField

LONGEST_TEXT, LONGEST_NOTE = 200_000, 2_000
LINES_AROUND = 2
LINE = re.compile(r"\bline (\d+)")
TOO_LONG = "This has %(show_value)d characters, and we can take %(limit_value)d."


class SourceField(forms.CharField):
    """A text whose lines are counted: blanks and empty lines stay, and line ends are plain line feeds."""

    widget = forms.Textarea(attrs={"rows": 28, "class": "wb-source", "spellcheck": "false", "wrap": "off"})

    def __init__(self, **kwargs: Any) -> None:
        """Keep what is typed as it is."""
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: str | None) -> str:
        """Return the text with plain line feeds: browsers send two characters for each line end."""
        return super().to_python(value).replace("\r\n", "\n")


class DraftForm(ActForm):
    """A draft of a pack or calendar. `key` is the identity of this form: sent twice, it is one draft."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    note = ProseField(
        label="What changes, and why?",
        help_text="For the person who publishes it, and for those who ask in years.",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what changes and why.", "max_length": TOO_LONG},
    )
    effective_on = DateField(
        label="In force from",
        help_text="For what starts on this day or later. What runs by then keeps its terms.",
        error_messages={"required": "Enter the day from which it is in force."},
    )
    text = SourceField(
        label="Text",
        help_text=(
            "All of it, with your changes in place. Dates within the text do not matter: what differs is in force "
            "from the day above, and what was in force ends then. Correct the worked examples too."
        ),
        max_length=LONGEST_TEXT,
        error_messages={"required": "Enter the text.", "max_length": TOO_LONG},
    )

    @property
    def excerpt(self) -> list[tuple[int, str, bool]]:
        """Return the lines around the one that an error of the text names: number, words, and whether it is the one."""
        found = LINE.search(" ".join(self.errors.get("text", [])))
        if not found:
            return []
        at, lines = int(found[1]), str(self["text"].value()).splitlines()
        return [
            (number, line, number == at) for number, line in enumerate(lines, 1) if abs(number - at) <= LINES_AROUND
        ]


class WhatIfForm(ActForm):
    """Which past clocks are looked at, by the day on which they started."""

    since = DateField(label="Started from", required=False, help_text="Leave both empty for all there are.")
    until = DateField(label="Started until", required=False)

    def clean(self) -> dict[str, Any]:
        """Want the days in order."""
        cleaned = super().clean() or {}
        since: date | None = cleaned.get("since")
        until: date | None = cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day comes before the first one.")
        return cleaned
