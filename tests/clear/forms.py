"""Forms as a page shows them: which fields there are, what stands in them, and what a careless person would type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.clear.canaries import Canaries

TYPED = {"text", "email", "tel", "textarea", "search", "password"}
DATE_PARTS = re.compile(r"_(month|day|year)$")


@dataclass
class Form:
    """One form: where it goes, what it has by itself, what can be typed, and what can be chosen."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, canaries: Canaries, where: str, given: Mapping[str, str]) -> dict[str, str]:
        """Return what is sent by who types into every field that is not given, and takes the first choice elsewhere."""
        sent = self.fields | {name: next(filter(None, values), "") for name, values in self.choices.items()}
        for name, kind in self.typed.items():
            place = f"{where} {name}"
            if name not in given and not DATE_PARTS.search(name):
                sent[name] = canaries.email(place) if kind == "email" else canaries.word(place)
        return sent | given


class FormsOf(HTMLParser):
    """The forms of a page that change something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down forms, fields and options."""
        facts = {name: value or "" for name, value in attrs}
        if tag == "form" and facts.get("method", "").lower() == "post":
            self._form = Form(facts.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None and (name := facts.get("name") or self._select):
            self._take(self._form, tag, name, facts)

    def handle_endtag(self, tag: str) -> None:
        """Leave a form, or a list of options."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _take(self, form: Form, tag: str, name: str, facts: dict[str, str]) -> None:
        kind = facts.get("type", "text") if tag == "input" else tag
        value = facts.get("value", "on" if kind == "checkbox" else "")
        if kind == "select":
            self._select = name
            form.choices[name] = []
        elif kind in {"radio", "checkbox", "option"}:
            form.choices.setdefault(name, []).append(value)
        elif kind in TYPED:
            form.typed[name] = kind
            form.fields[name] = value
        elif kind == "hidden":
            form.fields[name] = value
