"""A form that does one act: sent twice from the same page with the same words, it is done once."""

import json
from uuid import UUID

from django import forms

from members.form_words import WordsForm
from members.identifiers import id_for, new_id


class ActForm(WordsForm):
    """A form that does one act. `page` is drawn when the page is made, so that each has its own."""

    use_required_attribute = False

    page = forms.CharField(widget=forms.HiddenInput, required=False, initial=new_id)

    def row_id(self) -> UUID:
        """Return the key of the row that is asked for: the same words from the same page, the same key."""
        words = {name: value for name, value in self.cleaned_data.items() if name != "page"}
        return id_for(_page(self.cleaned_data["page"]), json.dumps(words, default=str, sort_keys=True))


def _page(typed: str) -> UUID:
    """Return the page's id; what was tampered with counts as a page of its own."""
    try:
        return UUID(typed)
    except ValueError:
        return new_id()
