"""What somebody looks for, as it was typed, taken apart: words, phrases, addresses and numbers. Plain data."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from complaints.search.words import DATE, is_common, is_number, runs_on, words_in_order
from members.privacy.normal_forms import number_form, phone_form

PHRASE = re.compile('"([^"]*)"|\u201c([^\u201d]*)\u201d|\u00ab([^\u00bb]*)\u00bb|\u201e([^\u201c]*)\u201c')
EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
PHONE = re.compile(r"(?<![\w-])\+?\(?\d[\d\s()./\-]{5,}\d(?:\s*(?:ext\.?|x)\s*\d+)?(?![\w-])")
AROUND = ".,;:!?#()[]"
"""What people write around a number."""
FEWEST_DIGITS_OF_A_PHONE = 10
"""A shorter one could be any number; with its area code a number of the house's own country has as many."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number: of a claim or a card, perhaps a phone's, or the letters and digits of a word."""

    number: str
    phone: str | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """All that is to be found together. `left_out` was typed, and stands in too many texts to be looked for.

    `dropped` are words that have become common in this house; `withheld`: contacts are not for who asks.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    emails: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    name: str = ""
    born_on: date | None = None
    left_out: tuple[str, ...] = ()
    dropped: frozenset[str] = frozenset()
    withheld: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is left to look for."""
        return not (self.words or self.phrases or self.emails or self.figures or self.name)

    def rare(self, words: Iterable[str]) -> list[str]:
        """Return those of some words that the index knows."""
        return [word for word in words if not is_common(word) and word not in self.dropped]

    def without(self, dropped: frozenset[str]) -> "Asked":
        """Return the same without words that have become common, and without phrases that have no others."""
        kept = replace(self, dropped=dropped)
        bare = [phrase for phrase in self.phrases if not kept.rare(phrase)]
        left_out = [*self.left_out, *dropped.intersection(self.words), *map(quoted, bare)]
        return replace(
            kept,
            words=tuple(kept.rare(self.words)),
            phrases=tuple(phrase for phrase in self.phrases if phrase not in bare),
            left_out=tuple(dict.fromkeys(left_out)),
        )

    def without_contacts(self) -> "Asked":
        """Return the same for somebody who may not see contacts: only numbers in texts are left of them."""
        figures = tuple(replace(figure, phone=None) for figure in self.figures)
        withheld = bool(self.emails or self.name or any(figure.phone for figure in self.figures))
        return replace(self, emails=(), name="", born_on=None, figures=figures, withheld=withheld)

    @property
    def of_text(self) -> frozenset[str]:
        """Return the words that are marked where they are found, common ones of a phrase not."""
        groups = (self.words, *self.phrases, *(figure.words for figure in self.figures))
        return frozenset(word for group in groups for word in group if not is_common(word))


def take_apart(typed: str, *, born_on: date | None = None) -> Asked:
    """Take apart what was typed. With a birth date all of it is the member's name."""
    if born_on:
        return Asked(name=typed, born_on=born_on)
    text = unicodedata.normalize("NFKC", typed)
    phrases = [words for match in PHRASE.finditer(text) if (words := tuple(words_in_order(_inner(match))))]
    text = PHRASE.sub(" ", text)
    emails = [match.group() for match in EMAIL.finditer(text)]
    text = EMAIL.sub(" ", text)
    phones = [match.group() for match in PHONE.finditer(text) if _is_phone(match.group())]
    for phone in phones:
        text = text.replace(phone, " ", 1)
    terms = [term.strip(AROUND) for term in text.split()]
    figures = [_figure(term) for term in [*phones, *terms] if term in phones or is_number(term)]
    plain = [words_in_order(term) for term in terms if not is_number(term)]
    phrases += [tuple(run) for run in plain if len(run) > 1 and runs_on(run[0])]
    all_words = list(dict.fromkeys(word for group in plain for word in group))
    return Asked(
        words=tuple(word for word in all_words if not is_common(word)),
        phrases=tuple(dict.fromkeys(phrases)),
        emails=tuple(dict.fromkeys(emails)),
        figures=tuple(dict.fromkeys(figures)),
        left_out=tuple(filter(is_common, all_words)),
    )


def quoted(phrase: Iterable[str]) -> str:
    """Return a phrase as people write it."""
    return f"“{' '.join(phrase)}”"


def _inner(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)


def _is_phone(typed: str) -> bool:
    digits = sum(sign.isdigit() for sign in typed)
    return digits >= FEWEST_DIGITS_OF_A_PHONE and DATE.fullmatch(typed) is None and phone_form(typed) is not None


def _figure(typed: str) -> Figure:
    phone = phone_form(typed) if _is_phone(typed) else None
    return Figure(number_form(typed), phone, tuple(word for word in words_in_order(typed) if not is_common(word)))
