"""What a missed date brings about, as data in the pack: letters, notices and files, with their words. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from slas.pack_vocabulary import HOLDS
from slas.pack_words import PackFault, check_entries, read_known, read_text, read_texts, read_words

ENTRIES = ("action", "to", "words", "rights", "holds", "clause")
LONGEST = 120  # characters of an addressee or a clause


class MissKind(StrEnum):
    """What is done by itself once a date was missed."""

    DELAY_LETTER = "delay_letter"
    NOTICE_TO_NEXT_BODY = "notice_to_next_body"
    EXTERNAL_REVIEW_FILE = "external_review_file"


@dataclass(frozen=True, slots=True)
class MissAction:
    """One thing that a missed date brings about: a letter, a notice, or a file of documents, and whom it goes to.

    `words` and `rights` are stated in the letter or notice; `holds` lists what a file consists of.
    """

    kind: MissKind
    to: str
    words: str
    rights: tuple[str, ...]
    holds: tuple[str, ...]
    clause: str


def read_miss(item: Mapping[str, Any], where: str) -> MissAction:
    """Return what a missed date brings about. Raises PackFault where a letter would be empty or a file hold nothing."""
    check_entries(item, ENTRIES, where)
    if (action := read_words(item, "action", where)) not in tuple(MissKind):
        raise PackFault(f"{where}: on_miss knows no action {action!r}; use {', '.join(MissKind)}")
    kind = MissKind(action)
    needed = "holds" if kind is MissKind.EXTERNAL_REVIEW_FILE else "rights"
    rights, holds = read_texts(item, "rights", where), read_known(item, "holds", HOLDS, where)
    if not item.get(needed):
        raise PackFault(f"{where}: {kind} needs {needed}, a list of at least one text")
    to = read_text(item, "to", where)
    if kind is MissKind.NOTICE_TO_NEXT_BODY and to == "member":
        raise PackFault(f"{where}: {kind} goes to a body, not to the member; name it in 'to'")
    miss = MissAction(
        kind=kind,
        to=to,
        words=read_text(item, "words", where),
        rights=rights,
        holds=holds,
        clause=read_text(item, "clause", where),
    )
    if max(len(miss.to), len(miss.clause)) > LONGEST:
        raise PackFault(f"{where}: 'to' and 'clause' of {kind} have {LONGEST} characters at most; shorten them")
    return miss
