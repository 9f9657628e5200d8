"""What a missed date brings about, as data in the pack: letters, notices and files, with their words. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from slas.pack_words import PackFault, read_text


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
    try:
        kind = MissKind(item.get("action", ""))
    except ValueError:
        raise PackFault(f"{where}: on_miss knows no action {item.get('action')!r}; use {', '.join(MissKind)}") from None
    needed = {"delay_letter": "rights", "notice_to_next_body": "rights", "external_review_file": "holds"}[kind]
    if not (
        isinstance(item.get(needed), list) and item[needed] and all(isinstance(text, str) for text in item[needed])
    ):
        raise PackFault(f"{where}: {kind} needs {needed}, a list of at least one text")
    if kind is MissKind.NOTICE_TO_NEXT_BODY and item.get("to") == "member":
        raise PackFault(f"{where}: {kind} goes to a body, not to the member; name it in 'to'")
    return MissAction(
        kind=kind,
        to=read_text(item, "to", where),
        words=read_text(item, "words", where),
        rights=tuple(item.get("rights", ())),
        holds=tuple(item.get("holds", ())),
        clause=read_text(item, "clause", where),
    )
