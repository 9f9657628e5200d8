"""A form that keeps what people typed, and says so when a sign of it cannot be kept."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

# NUL has no place in a page or a PDF; half of a surrogate pair is no sign at all and cannot be written as UTF-8.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
TAKEN_OUT = _("We took out a sign that we cannot keep. Check that your words are still right, then go on.")


def keepable(text: str) -> str:
    """Return the text without the signs that cannot be stored and shown."""
    return UNKEEPABLE.sub("", text)


class WordsForm(forms.Form):
    """Takes unkeepable signs out of what was sent, and marks the fields they were in.

    The form is then shown again with everything else as it was typed; sending it once more is accepted.
    """

    def __init__(self, data: MultiValueDict | None = None, *args: Any, **kwargs: Any) -> None:
        """Take the texts that were sent, each name with its list of values."""
        self._mended: set[str] = set()
        super().__init__(None if data is None else self._mend(data), *args, **kwargs)

    def input_names(self, name: str) -> list[str]:
        """Return the names under which the inputs of a field are sent: one, or one for each part of a date."""
        widget = self.fields[name].widget
        suffixes = widget.widgets_names if isinstance(widget, forms.MultiWidget) else [""]
        return [self.add_prefix(name) + suffix for suffix in suffixes]

    def full_clean(self) -> None:
        """Check as any form does, then add what was taken out."""
        super().full_clean()
        if self.is_bound:
            for name in self._mended_fields():
                self.add_error(name, TAKEN_OUT)

    def _mend(self, data: MultiValueDict) -> MultiValueDict:
        mended = MultiValueDict({key: [keepable(value) for value in values] for key, values in data.lists()})
        self._mended = {key for key, values in data.lists() if mended.getlist(key) != values}
        return mended

    def _mended_fields(self) -> Iterator[str]:
        return (name for name in self.fields if not self._mended.isdisjoint(self.input_names(name)))
