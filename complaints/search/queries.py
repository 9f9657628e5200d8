"""Searching: scoped before anything is opened, opened only as far as it is shown, and recorded.

Three ways lead to a page of hits. Words, numbers and addresses are found by their tokens alone. A phrase is looked for
in the opened texts that hold all its rare words. With keyword search off, words are looked for in one opened complaint
after the other. Whatever was opened stands in the audit trail, row by row.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from complaints.correspondence.models import Message
from complaints.enums import State, Topic
from complaints.models import Complaint, Note
from complaints.permissions import may_see
from complaints.queries.case_head import TONES
from complaints.queries.queue import CANNOT_BE_OPENED, TOPICS
from complaints.search.asked import Asked
from complaints.search.excerpt import Piece, excerpt
from complaints.search.matches import MOST_COUNTED, Candidates, is_incomplete, matching_texts, without_dropped
from complaints.search.texts import PLACES, Text, complaint_of, words_of
from complaints.search.words import holds_phrase, words_in_order
from members.actors import Actor
from members.audit.models import Event
from members.privacy.access import phi_access
from members.privacy.keyring import SealBroken
from members.privacy.purposes import Purpose

REASON = "texts of complaints that the actor sees"
PAGE_SIZE = 25
MOST_OPENED_FOR_PHRASE, MOST_OPENED_WITHOUT_INDEX = 200, 1_000
"""Complaints that one press of the button opens at most; the next press goes on from there."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A complaint that holds what was looked for, and the place where."""

    reference: str
    name: str
    topic: str
    state: str
    tone: str
    owner: str
    received_at: datetime
    place: str
    excerpt: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits. `count` is None where only opening tells; `next_start` is None where there is no more.

    `counted_to` is true where there are more than were counted.
    """

    asked: Asked
    hits: tuple[Hit, ...]
    start: int
    next_start: int | None
    count: int | None
    counted_to: bool
    opened: int
    by_index: bool
    is_incomplete: bool


def search(*, actor: Actor, asked: Asked, start: int, at: datetime) -> Found:
    """Return the hits from the candidate with this number on, newest first, and record that somebody searched.

    The record holds how much was asked for, never what. With keyword search off, words cost the opening of everything.
    """
    asked = without_dropped(asked if may_see(actor, "contact") else asked.without_contacts())
    by_index = settings.KEYWORD_SEARCH or not (asked.words or asked.phrases)
    Event.by(actor, at=at, action="complaints.searched", detail=_detail(asked, start, by_index=by_index)).save()
    walk, count = _Walk(asked, by_index=by_index), None
    if not asked.is_empty:
        candidates = Candidates(asked, actor=actor)
        number = candidates.count() if by_index else None
        count = None if asked.phrases else number
        with phi_access(actor=actor, purpose=Purpose.SEARCH, at=at):
            walk.go(candidates, start)
    return Found(
        asked=asked,
        hits=tuple(walk.hits),
        start=start,
        next_start=walk.next_start,
        count=count and min(count, MOST_COUNTED),
        counted_to=count is not None and count > MOST_COUNTED,
        opened=walk.opened,
        by_index=by_index,
        is_incomplete=is_incomplete(),
    )


class _Walk:
    """Goes from candidate to candidate until a page is full, or as many are opened as one press may open."""

    def __init__(self, asked: Asked, *, by_index: bool) -> None:
        self.asked, self.by_index = asked, by_index
        self.most = MOST_OPENED_FOR_PHRASE if by_index else MOST_OPENED_WITHOUT_INDEX
        self.hits: list[Hit] = []
        self.next_start: int | None = None
        self.opened = 0

    def go(self, candidates: Candidates, start: int) -> None:
        """Fill the page."""
        while self.opened < self.most:
            at = start + self.opened
            few = candidates.some(at, PAGE_SIZE + 1)  # one more than fits tells whether there is more
            texts = self._texts(few)
            for row in few:
                if len(self.hits) == PAGE_SIZE:
                    self.next_start = start + self.opened
                    return
                self.opened += 1
                if hit := self._hit(row, texts[row.pk]):
                    self.hits.append(hit)
            if len(few) <= PAGE_SIZE:
                return
        self.next_start = start + self.opened

    def _texts(self, rows: list[Complaint]) -> dict[UUID, list[Text]]:
        """Return the texts to look into, sealed: by the index those that match, else all. Two or three queries."""
        found: dict[UUID, list[Text]] = defaultdict(list)
        keys = {row.pk for row in rows}
        own, others = keys, None
        if self.by_index:
            others = {key for _, key in matching_texts(self.asked, keys)}
            own = keys & others
        for row in rows:
            if row.pk in own:
                found[row.pk].append(row)
        for text in _beside(keys, others):
            found[complaint_of(text)].append(text)
        return found

    def _hit(self, row: Complaint, texts: list[Text]) -> Hit | None:
        """Return the hit that a candidate is, or None if its words, once opened, are not what was asked for."""
        try:
            opened = self._opened(texts)
        except SealBroken:
            # By the index it is one; else nobody knows, and the audit trail tells of the seal.
            return _hit_of(row, "a text that cannot be opened", ()) if self.by_index else None
        if not self._fits([words_in_order(words) for _, words in opened]):
            return None
        if not opened:
            return _hit_of(row, "the contact details", ())
        place, words = opened[0]
        return _hit_of(row, place, excerpt(words, self.asked.of_text))

    def _opened(self, texts: list[Text]) -> list[tuple[str, str]]:
        """Return place and words of the texts, of the first alone where nothing has to be checked."""
        checked = self.asked.phrases or not self.by_index
        found = [(PLACES[type(text)], words_of(text)) for text in (texts if checked else texts[:1])]
        phrases, wanted = self.asked.phrases, self.asked.of_text
        # What is shown comes first: the text with the phrase, else one with a word.
        return sorted(found, key=lambda item: not _speaks_of(words_in_order(item[1]), phrases, wanted))

    def _fits(self, texts: list[list[str]]) -> bool:
        phrases = all(any(holds_phrase(words, phrase) for words in texts) for phrase in self.asked.phrases)
        return phrases and (self.by_index or set(self.asked.words).issubset(word for words in texts for word in words))


def _speaks_of(words: list[str], phrases: Iterable[tuple[str, ...]], wanted: frozenset[str]) -> bool:
    phrases = list(phrases)
    return any(holds_phrase(words, phrase) for phrase in phrases) if phrases else not wanted.isdisjoint(words)


def _beside(complaint_ids: set[UUID], keys: set[UUID] | None) -> list[Text]:
    """Return notes and messages of these complaints, those of some keys alone if they are given: two queries."""
    found: list[Text] = []
    for model in (Note, Message):
        rows = model.objects.unscoped(REASON).filter(complaint_id__in=complaint_ids)
        found += rows if keys is None else rows.filter(pk__in=keys)
    return found


def _hit_of(row: Complaint, place: str, pieces: tuple[Piece, ...]) -> Hit:
    state = State(row.state)
    return Hit(
        reference=row.reference,
        name=_name(row),
        topic=TOPICS[Topic(row.topic)],
        state=str(state.label),
        tone=TONES[state],
        owner=str(row.owner or ""),
        received_at=row.received_at,
        place=place,
        excerpt=pieces,
    )


def _name(row: Complaint) -> str:
    try:
        return row.complainant_name or ""
    except SealBroken:
        return CANNOT_BE_OPENED


def _detail(asked: Asked, start: int, *, by_index: bool) -> dict[str, int | str]:
    """Return how much was asked for: the words themselves are health data."""
    kinds = {
        "words": len(asked.words),
        "phrases": len(asked.phrases),
        "addresses": len(asked.emails),
        "numbers": len(asked.figures),
        "names": int(bool(asked.name)),
    }
    return {"from": start, "way": "index" if by_index else "opening"} | {kind: n for kind, n in kinds.items() if n}
