"""Which given-up effects somebody has tried again."""

from typing import Any
from uuid import UUID

from django import forms


class RetryForm(forms.Form):
    """The hidden fields of a button: one effect by its matter and key, or all of a topic."""

    topic = forms.CharField(max_length=60, required=False)
    matter_id = forms.UUIDField(required=False)
    key = forms.CharField(max_length=160, required=False)

    def clean(self) -> dict[str, Any]:
        """Want one effect or one topic."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("topic")) == bool(cleaned.get("matter_id") and cleaned.get("key")):
            raise forms.ValidationError("Choose what is to be tried again with one of the buttons.")
        return cleaned

    @property
    def pair(self) -> tuple[UUID, str] | None:
        """Return the one effect, None where all of a topic are meant."""
        given = self.cleaned_data
        return (given["matter_id"], given["key"]) if given["matter_id"] else None
