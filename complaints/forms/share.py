"""What is chosen at the desk to send something of a case on a consent."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from complaints.forms.desk import choice, prose
from complaints.queries.sharing import Item
from members.disclosures.vocabulary import Way
from members.form_acts import ActForm
from members.form_fields import CheckboxChoices

BY_HAND = (Way.POST, Way.IN_PERSON)


class ShareForm(ActForm):
    """Which of the things that the consent covers, and how they go."""

    items = forms.MultipleChoiceField(
        label="What goes?",
        widget=CheckboxChoices,
        error_messages={
            "required": "Choose at least one thing.",
            "invalid_choice": "One of these is not there any more. Choose anew.",
        },
    )
    way = choice("How does it go?", [(way.value, way.label) for way in BY_HAND], "Choose how it goes.")
    address = prose(
        "Postal address",
        "",
        limit=400,
        rows=4,
        required=False,
        help_text="For what is posted: as it stands on the envelope, without the name. The member sees it.",
    )

    def __init__(self, *args: Any, items: Iterable[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(items)
        self.fields["items"].choices = [(str(item.outgoing.id), item.title) for item in offered]
        self.fields["items"].widget.hints = {str(item.outgoing.id): item.data for item in offered}

    @property
    def item_ids(self) -> set[UUID]:
        """Return what was chosen, once the form is valid."""
        return {UUID(key) for key in self.cleaned_data["items"]}

    def clean(self) -> None:
        """Ask for the address of what is posted."""
        if self.cleaned_data.get("way") == Way.POST and not self.cleaned_data.get("address") and not self.errors:
            self.add_error("address", "Enter the address, for it goes by post.")
