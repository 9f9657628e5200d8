"""What happened on a case, for the staff: messages, notes and events in one list."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from complaints.correspondence.models import Direction, DispatchKind, LetterChannel, Message, NoticeKind
from complaints.enums import (
    Channel,
    EvidenceSource,
    NoteKind,
    Outcome,
    Priority,
    RestrictionKind,
    TaskKind,
    TimelineCode,
    Track,
)
from complaints.models import Note, TimelineEntry

STAND_THERE_THEMSELVES = frozenset({TimelineCode.NOTE_ADDED, TimelineCode.MESSAGE_RECEIVED, TimelineCode.MESSAGE_SENT})
PROOFS = MappingProxyType({"email": "by e-mail", "phone": "on the phone", "post": "by post"})
NOTICES = MappingProxyType(
    {
        DispatchKind.ACKNOWLEDGEMENT: "confirmation of receipt",
        DispatchKind.LETTER_READY: "notice of the letter",
        DispatchKind.MESSAGE_READY: "notice of a message",
        DispatchKind.NOTICE_READY: "notice of a letter about the date",
        DispatchKind.CLOCK_ALERT: "alert to a colleague",
        DispatchKind.HANDED_OVER: "notice to the new owner",
        DispatchKind.GLASS_BROKEN: "word to the privacy officer",
    }
)
WORDS_OF: Mapping[str, tuple[str, Callable[[Any], object]]] = MappingProxyType(
    {
        TimelineCode.SUBMITTED: ("channel", lambda code: Channel(code).label),
        TimelineCode.ACKNOWLEDGED: ("proof", lambda code: PROOFS.get(code, code)),
        TimelineCode.ASSESSED: ("track", lambda code: f"{Track(code).label} track"),
        TimelineCode.EVIDENCE_ADDED: ("source", lambda code: EvidenceSource(code).label),
        TimelineCode.DECIDED: ("outcome", lambda code: Outcome(code).label),
        TimelineCode.LETTER_ISSUED: ("channel", lambda code: LetterChannel(code).label),
        TimelineCode.LETTER_SENT: ("proof", lambda code: PROOFS.get(code, code)),
        TimelineCode.NOTICE_MADE: ("notice", lambda code: NoticeKind(code).label),
        TimelineCode.NOTICE_SENT: ("proof", lambda code: PROOFS.get(code, code)),
        TimelineCode.NOTICE_PASSED_ON: ("notice", lambda code: NoticeKind(code).label),
        TimelineCode.PRIORITY_RAISED: ("to", lambda code: Priority(code).label),
        TimelineCode.REASSIGNED: ("name", str),
        TimelineCode.TASK_OPENED: ("kind", lambda code: TaskKind(code).label),
        TimelineCode.TASK_DONE: ("kind", lambda code: TaskKind(code).label),
        TimelineCode.SEND_FAILED: ("kind", lambda code: NOTICES.get(code, code)),
        TimelineCode.SEND_RETRIED: ("kind", lambda code: NOTICES.get(code, code)),
        TimelineCode.SEND_ARRIVED: ("kind", lambda code: NOTICES.get(code, code)),
        TimelineCode.CAPA_OPENED: ("capa", str),
        TimelineCode.RESTRICTED: ("kind", lambda code: RestrictionKind(code).label),
    }
)
"""Which code of an event's detail its sentence is completed by, and the words for it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry as templates/ui/message_list.html draws it. `kind`: message, note or event; `mine`: from our side."""

    kind: str
    who: str
    at: datetime
    text: str
    mine: bool = False
    language: str = ""


def thread_of(
    *,
    messages: Iterable[Message],
    notes: Iterable[Note],
    entries: Iterable[TimelineEntry],
    complainant: str,
    clock_titles: Mapping[str, str],
) -> tuple[Happening, ...]:
    """Return everything, newest first. Words open, so call it inside `phi_access`.

    `clock_titles` names the clocks of the complaint by their kinds.
    """
    dated = [(row.sent_at, row.pk, _message(row, complainant)) for row in messages]
    dated += [(row.written_at, row.pk, _note(row)) for row in notes]
    dated += [(row.at, row.pk, _event(row, clock_titles)) for row in entries if row.code not in STAND_THERE_THEMSELVES]
    return tuple(happening for _at, _pk, happening in sorted(dated, key=lambda item: item[:2], reverse=True))


def _message(row: Message, complainant: str) -> Happening:
    ours = row.direction == Direction.TO_MEMBER
    return Happening("message", row.author_label if ours else complainant, row.sent_at, row.body, mine=ours)


def _note(row: Note) -> Happening:
    kind = "findings" if row.kind == NoteKind.FINDING else "note for colleagues"
    return Happening("note", f"{row.author_label}, {kind}", row.written_at, row.body)


def _event(row: TimelineEntry, clock_titles: Mapping[str, str]) -> Happening:
    return Happening("event", row.actor_label, row.at, _sentence(row, clock_titles))


def _sentence(row: TimelineEntry, clock_titles: Mapping[str, str]) -> str:
    sentence = str(TimelineCode(row.code).label)
    if clock := row.detail.get("clock"):
        return f"{sentence}: {clock_titles.get(clock, clock)}"
    key, words = WORDS_OF.get(row.code, ("", str))
    return f"{sentence}: {words(row.detail[key])}" if key in row.detail else sentence
