"""Which complaints match what is looked for, told by the database from tokens alone; nothing is opened here."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from complaints.models import Complaint
from complaints.permissions import may_see
from complaints.search import tokens
from complaints.search.asked import Asked, Figure
from complaints.search.index import edition
from complaints.search.models import DroppedWord, IndexedText
from members.actors import Actor
from members.models import Member, email_token, member_number_index, name_tokens, phone_token

REASON = "which complaints match; the complaints themselves are scoped"
MOST_COUNTED = 1_000


def without_dropped(asked: Asked) -> Asked:
    """Return what can be looked for by the index: words that have become common are left out. One query."""
    if not settings.KEYWORD_SEARCH:
        return asked
    known = {tokens.word_token(word): word for word in asked.of_text}
    dropped = DroppedWord.objects.filter(pk__in=known).values_list("pk", flat=True)
    return asked.without(frozenset(known[token] for token in dropped))


def is_incomplete() -> bool:
    """Tell whether there are texts that the index does not hold yet: one query."""
    now = edition()
    rows = IndexedText.objects.unscoped("how far the index is")
    return rows.filter(Q(edition__lt=now) | Q(edition__gt=now)).exists()


class Candidates:
    """What an actor may see of the complaints that hold all that is asked for, newest first.

    A phrase is judged by its rare words standing in one text; whether they stand side by side, only opening tells. With
    keyword search off, words and phrases are not judged at all.
    """

    def __init__(self, asked: Asked, *, actor: Actor) -> None:
        """Look up what is asked for as a whole: each number, address and name costs two queries."""
        self._visible = Complaint.objects.visible_to(actor.as_staff()).select_related("owner")
        self._rows = self._visible.filter(_holds_words(asked) if settings.KEYWORD_SEARCH else Q())
        for keys in _looked_up(asked, contacts=may_see(actor, "contact")):
            self._rows = self._rows.filter(pk__in=keys)
        self._keys: list[UUID] | None = None

    def count(self) -> int:
        """Return how many there are, up to one more than MOST_COUNTED: one query.

        Few are put in order here. Asked for the newest of few, the database would walk through all complaints by date:
        5 s where there are a million, not 40 ms. Where there are many, that walk is short.
        """
        found = list(self._rows.order_by().values_list("received_at", "pk")[: MOST_COUNTED + 1])
        if len(found) <= MOST_COUNTED:
            self._keys = [key for _, key in sorted(found, reverse=True)]
        return len(found)

    def some(self, first: int, number: int) -> list[Complaint]:
        """Return so many from the one with this number on, sealed: one query."""
        if self._keys is None:
            return list(self._rows.order_by("-received_at", "-pk")[first : first + number])
        keys = self._keys[first : first + number]
        rows = self._visible.in_bulk(keys)
        return [rows[key] for key in keys if key in rows]


def matching_texts(asked: Asked, complaint_ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Return complaint and key of each text that holds something of what is asked for: one query."""
    words = Q(words__overlap=list(map(tokens.word_token, asked.of_text)))
    numbers = Q(identifiers__overlap=list(tokens.number_tokens(figure.number for figure in asked.figures)))
    rows = _texts(Q(complaint_id__in=list(complaint_ids)) & (words | numbers))
    return list(rows.values_list("complaint_id", "pk"))


def _holds_words(asked: Asked) -> Q:
    """Return the condition that a complaint has each word in some text, and the rare words of each phrase in one."""
    held = Q()
    for together in [*([word] for word in asked.words), *map(asked.rare, asked.phrases)]:
        words = list(map(tokens.word_token, together))
        held &= Q(pk__in=_texts(Q(words__contains=words)).values("complaint_id"))
    return held


def _texts(which: Q) -> QuerySet[IndexedText]:
    return IndexedText.objects.unscoped(REASON).filter(which)


def _looked_up(asked: Asked, *, contacts: bool) -> Iterable[set[UUID]]:
    """Yield the complaints of each address, number and name."""
    for email in asked.emails:
        yield _with([tokens.email_token(email)], Q(found_by__contains=[email_token(email)]))
    for figure in asked.figures:
        yield _of_figure(figure, contacts=contacts)
    if asked.name and asked.born_on:
        names = sorted(name_tokens(asked.name, asked.born_on))
        yield _with([], Q(found_by__contains=names)) if names else set()


def _of_figure(figure: Figure, *, contacts: bool) -> set[UUID]:
    """Return the complaints where a number stands in a text, or is a word there, or is the member's or a phone's."""
    found, members = tokens.number_tokens([figure.number]), Q(pk__in=[])
    if contacts:
        found.add(tokens.member_number_token(figure.number))
        members = Q(member_number_index=member_number_index(figure.number))
    if figure.phone:
        ours, theirs = tokens.phone_token(figure.phone), phone_token(figure.phone)
        found.update(token for token in (ours,) if token)
        members |= Q(found_by__contains=[theirs])
    keys = _with(sorted(found), members)
    if settings.KEYWORD_SEARCH and (words := list(map(tokens.word_token, figure.words))):
        keys.update(_texts(Q(words__contains=words)).values_list("complaint_id", flat=True))
    return keys


def _with(identifiers: list[UUID], members: Q) -> set[UUID]:
    """Return the complaints that one of these tokens finds, or a member's: two queries."""
    texts = _texts(Q(identifiers__overlap=identifiers)).values_list("complaint_id", flat=True)
    whose = Member.objects.unscoped(REASON).filter(members).values("pk")
    theirs = Complaint.objects.unscoped(REASON).filter(member__in=whose).values_list("pk", flat=True)
    return {*texts, *theirs}
