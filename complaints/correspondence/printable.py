"""Letters that nobody writes by hand have nobody to write them differently: what cannot be drawn is named instead."""

import unicodedata
from dataclasses import asdict
from typing import Any

from complaints.correspondence.rendering import LetterContent, letter_fonts
from complaints.correspondence.typefaces import cleaned, missing_signs


def printable(letter: LetterContent) -> LetterContent:
    """Return the letter with each sign that no typeface draws written as its name: [PERSEVERING FACE]."""
    return LetterContent.restored(_named(asdict(letter)))


def printable_text(text: str) -> str:
    """Return a text with each sign that no typeface draws written as its name."""
    fonts = letter_fonts()
    plain = cleaned(text, fonts)
    names = {sign: f"[{unicodedata.name(sign, f'U+{ord(sign):04X}')}]" for sign in missing_signs(plain, fonts)}
    return plain.translate(str.maketrans(names)) if names else plain


def _named(part: Any) -> Any:
    match part:
        case str():
            return printable_text(part)
        case dict():
            return {name: _named(value) for name, value in part.items()}
        case _:
            return [_named(value) for value in part]
