"""The sentence that tells speakers of other languages that an interpreter is free."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from complaints.correspondence.letters import LETTER_LANGUAGE

FILE = Path(__file__).with_suffix(".toml")
WRITTEN_FROM_THE_RIGHT = frozenset({"ar", "fa", "ur"})
ANY_RELAY = "711"


@dataclass(frozen=True, slots=True)
class Tagline:
    """One sentence in one language, with the number to call in it."""

    language: str
    name: str
    text: str
    direction: str


@cache
def taglines(help_line: str) -> tuple[Tagline, ...]:
    """Return the sentences with our number, which is written like 1-800-555-0100 (TTY 711)."""
    phone, _bracket, rest = help_line.partition("(")
    tty = "".join(sign for sign in rest if sign.isdecimal() or sign == "-") or ANY_RELAY
    return tuple(
        Tagline(
            language=row["language"],
            name=row["name"],
            text=row["text"].format(phone=phone.strip(), tty=tty),
            direction="rtl" if row["language"] in WRITTEN_FROM_THE_RIGHT else "ltr",
        )
        for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["tagline"]
    )


def help_in_letter(language: str) -> str:
    """Return the sentence about interpreters in the complainant's own language, "" where the letter is in it."""
    if language == LETTER_LANGUAGE:
        return ""
    return "\n".join(line.text for line in taglines(settings.INSURER_PHONE) if line.language.lower() == language)
