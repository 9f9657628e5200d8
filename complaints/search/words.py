"""How text falls into words and numbers that can be found. Plain text in, plain text out; nothing here is a secret.

Words are compared folded, without stems. Scripts without spaces between words, Korean among them for its endings,
fall into pairs of signs.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from members.privacy.normal_forms import folded, number_form

RUNS_ON = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")
PIECE = re.compile(rf"[{RUNS_ON}]+|[^\W_{RUNS_ON}]+")
FIGURE = re.compile(r"[^\W_]+(?:[-\u2010-\u2015/.][^\W_]+)*")
DATE = re.compile(r"\d{4}\D\d{1,2}\D\d{1,2}|\d{1,2}\D\d{1,2}\D(?:\d{2}|\d{4})")
AMOUNT = re.compile(r"\d+\.\d{2}")
FEWEST_DIGITS = 5
LONGEST = 30
COMMON_WORDS = Path(__file__).with_name("common_words.txt")
"""What more than 2 % of complainants write, by counting 1,079 published complaints, and words of our own trade."""


def words_in_order(text: str) -> list[str]:
    """Return all words of a text in their one form, common ones too."""
    return [word for piece in PIECE.findall(folded(APOSTROPHES.sub("", text))) for word in _words(piece)]


def rare_words(text: str) -> set[str]:
    """Return the words of a text but for those that are known to be common, and single letters."""
    return {word for word in words_in_order(text) if not is_common(word)}


def is_common(word: str) -> bool:
    """Tell whether a word stands in so many texts that it is left out whatever the house."""
    return word in _common() or (len(word) == 1 and not runs_on(word))


def runs_on(word: str) -> bool:
    """Tell whether a word is of a script that was cut into pairs."""
    return re.match(f"[{RUNS_ON}]", word) is not None


def numbers_in(text: str) -> set[str]:
    """Return what may be numbers of claims, cards and letters in their one form; dates and amounts are none."""
    found = (match.group() for match in FIGURE.finditer(unicodedata.normalize("NFKC", text)))
    return {number_form(figure) for figure in found if is_number(figure)}


def is_number(figure: str) -> bool:
    """Tell whether something has the digits of a number that was given to one claim, card or letter."""
    digits = sum(sign.isdigit() for sign in figure)
    plain = DATE.fullmatch(figure) is None and AMOUNT.fullmatch(figure) is None
    return plain and digits >= FEWEST_DIGITS and len(figure) <= LONGEST


def holds_phrase(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Tell whether these words stand in the text one after the other."""
    size = len(phrase)
    return any(tuple(words[at : at + size]) == tuple(phrase) for at in range(len(words) - size + 1))


def _words(piece: str) -> Iterator[str]:
    if not runs_on(piece) or len(piece) == 1:
        yield piece
    else:
        yield from (piece[at : at + 2] for at in range(len(piece) - 1))


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON_WORDS.read_text(encoding="utf-8").split())
