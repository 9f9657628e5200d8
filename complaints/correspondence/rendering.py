"""A letter is structured data, drawn twice from the same words: as HTML (templates/letters/letter.html) and as PDF.

The PDF is tagged (PDF/UA-1) and set in the fonts that the asset build lays ready, never in those of the machine, so
that the same letter gives the same pages everywhere. What people wrote reaches typst as data, never as markup.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from complaints.correspondence.typefaces import cleaned, missing_signs
from complaints.lifecycle import TransitionRefused


class LetterUnprintable(TransitionRefused):
    """The letter holds signs that none of its typefaces can draw."""

    def __init__(self, signs: list[str]) -> None:
        """Name the signs, at most ten; one that no text can hold is named by its number."""
        named = (sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in signs[:10])
        words = _("We cannot print these signs: %(signs)s. Write in other letters what holds them, then issue it.")
        super().__init__(words % {"signs": " ".join(named)})


@dataclass(frozen=True, slots=True)
class LetterSection:
    """A part of a letter: paragraphs under a heading, then the items of a list. A line feed breaks the line."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterContent:
    """Everything that a letter says, in the letter's language; plain text throughout.

    `dated` is the date in words. `recipient` is the address block, a line each. `next_level` says what the member can
    do who does not agree, and is set apart. `signed_by` is who answers for the letter, a line each. `language_help`
    tells in other languages that an interpreter is free.
    """

    title: str
    reference: str
    dated: str
    recipient: tuple[str, ...]
    salutation: str
    sections: tuple[LetterSection, ...]
    next_level: LetterSection
    closing: str
    signed_by: tuple[str, ...]
    insurer: str
    phone: str
    language: str = "en"
    language_help: str = ""

    @classmethod
    def restored(cls, stored: dict[str, Any]) -> Self:
        """Return the letter that `dataclasses.asdict` took apart, also after its tuples became JSON lists."""
        parts = {name: tuple(part) if isinstance(part, list) else part for name, part in stored.items()}
        parts["sections"] = tuple(_section(section) for section in stored["sections"])
        parts["next_level"] = _section(stored["next_level"])
        return cls(**parts)

    def without_address(self) -> Self:
        """Return the letter as those read it who may not see where it goes: of the address block only the name."""
        return replace(self, recipient=self.recipient[:1])

    def without_contact(self) -> Self:
        """Return the letter as it goes to those who may know neither whom it was for nor where that person lives."""
        with override(self.language):
            return replace(self, recipient=(), salutation=_("To whom it may concern:"))


def _section(stored: dict[str, Any]) -> LetterSection:
    return LetterSection(stored["heading"], tuple(stored["paragraphs"]), tuple(stored["items"]))


def render_letter_pdf(letter: LetterContent) -> bytes:
    """Return the letter as a PDF on US Letter paper, about 50 ms.

    Raises LetterUnprintable, which names the signs, when no typeface of the letters can draw some of its words.
    """
    with override(letter.language):
        words = {
            "reference": _("Reference"),
            "service": _("Complaints and appeals"),
            "help": _("Questions? Call %(phone)s. An interpreter is free.") % {"phone": letter.phone},
            "page": _("Page"),
            "of": _("of"),
        }
    return _compiled("letter", {**asdict(letter), "words": words})


@dataclass(frozen=True, slots=True)
class Record:
    """A part of a file for somebody outside: headed sections, as a letter has them, without a letter around them."""

    title: str
    reference: str
    insurer: str
    sections: tuple[LetterSection, ...]
    language: str = "en"


def render_record_pdf(record: Record) -> bytes:
    """Return a part of a file as a PDF. Raises LetterUnprintable."""
    with override(record.language):
        words = {"reference": _("Reference"), "page": _("Page"), "of": _("of")}
    return _compiled("record", {**asdict(record), "words": words})


def _compiled(template: str, content: dict[str, Any]) -> bytes:
    """Set the content by a template in templates/letters. Raises LetterUnprintable."""
    source = Path(settings.BASE_DIR) / "templates" / "letters" / f"{template}.typ"
    fonts = letter_fonts()
    data = json.dumps(_cleaned(content, fonts), ensure_ascii=False)
    if missing := missing_signs(data, fonts):
        raise LetterUnprintable(missing)
    return typst.compile(
        source,
        root=source.parent,
        font_paths=[fonts],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={template: data},
    )


def letter_fonts() -> Path:
    """Return the folder of the letters' typefaces."""
    return Path(settings.BUILD_DIR) / "fonts"


def _cleaned(part: Any, fonts: Path) -> Any:
    """Return a part of a letter with all its texts cleaned."""
    match part:
        case str():
            return cleaned(part, fonts)
        case dict():
            return {name: _cleaned(value, fonts) for name, value in part.items()}
        case _:
            return [_cleaned(value, fonts) for value in part]
