"""The place of a text where what was looked for stands, to be shown with marks."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from complaints.search.words import RUNS_ON, words_in_order

PIECE = re.compile(rf"[{RUNS_ON}]+|[^\W_{RUNS_ON}]+(?:['\u2019][^\W_{RUNS_ON}]+)*")
BEFORE, LONGEST = 60, 220
"""Signs before the first find, and of the whole."""
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an excerpt; `found` stretches are marked."""

    text: str
    found: bool = False


def excerpt(text: str, wanted: AbstractSet[str]) -> tuple[Piece, ...]:
    """Return a line of the text around the first word that is wanted, else its beginning."""
    line = " ".join(text.split())
    found = (match for match in PIECE.finditer(line) if not wanted.isdisjoint(words_in_order(match.group())))
    finds = [match.span() for match in found]
    begin = _word_start(line, finds[0][0] - BEFORE) if finds else 0
    end = min(len(line), begin + LONGEST)
    pieces, at = [Piece(ELLIPSIS)] if begin else [], begin
    for start, stop in finds:
        if stop <= end:
            pieces += [Piece(line[at:start]), Piece(line[start:stop], found=True)]
            at = stop
    pieces.append(Piece(line[at:end] + (ELLIPSIS if end < len(line) else "")))
    return tuple(piece for piece in pieces if piece.text)


def _word_start(line: str, at: int) -> int:
    """Return where the word begins that follows this place."""
    return 0 if at <= 0 else line.find(" ", at) + 1
