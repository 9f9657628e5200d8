"""A letter's content, and the two things made of it: HTML for the screen, tagged PDF/UA for paper and screen readers."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

import typst
from django.conf import settings
from django.template.loader import render_to_string

TEMPLATE = settings.BASE_DIR / "templates" / "letters" / "letter.typ"
FONTS = settings.BUILD_DIR / "fonts"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterContent:
    """What a letter says, without any layout; text is plain, dates are already written out in the letter's language."""

    language: str
    title: str
    insurer: str
    phone: str
    reference: str
    date: str
    recipient: tuple[str, ...]
    salutation: str
    sections: tuple[Section, ...]
    closing: str
    signature: tuple[str, ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the content that was stored as `asdict` gave it."""
        sections = tuple(Section(part["heading"], tuple(part["paragraphs"])) for part in data["sections"])
        lines = {name: tuple(data[name]) for name in ("recipient", "signature")}
        return cls(**data | lines | {"sections": sections})


def render_letter_html(content: LetterContent) -> str:
    """Return the letter as an HTML fragment, escaped by the template."""
    return render_to_string("letters/letter.html", {"letter": content})


def render_letter_pdf(content: LetterContent) -> bytes:
    """Return the letter as a tagged PDF/UA-1 of US Letter size, set in the packaged fonts only.

    The text goes in as data, never as markup, so that nothing a member typed is executed by the typesetter.
    """
    return typst.compile(
        str(TEMPLATE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(asdict(content), ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
