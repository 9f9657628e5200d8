"""Keeping the index whole: filling what it lacks, dropping what has become common, and telling where it is wrong.

All of it can be stopped and run again at any moment: what is done is known by its edition, not by a place in a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from complaints.correspondence.models import Message
from complaints.models import Complaint, Note
from complaints.search.index import edition, indexed
from complaints.search.models import DroppedWord, IndexedText
from complaints.search.texts import SEARCHED, Text, complaint_of
from members.actors import SYSTEM
from members.models import Member, member_tokens
from members.privacy.access import phi_access
from members.privacy.keyring import SealBroken
from members.privacy.purposes import Purpose

REASON = "the index is of all texts"
BATCH = 500
MOST_SHARE = 0.02
"""Words in a larger share of texts would be told by their frequency: matching ranks found 8 of the 10 most frequent."""
FEWEST_TEXTS = 20
"""So few texts tell no frequency; without this, a new house would drop every word."""

ADD_MISSING = """
INSERT INTO search_indexedtext (id, complaint_id, words, identifiers, edition)
SELECT text.id, text.complaint_id, '{}'::uuid[], '{}'::uuid[], -1
  FROM (SELECT matter_id AS id, matter_id AS complaint_id FROM complaints_complaint
        UNION ALL SELECT id, complaint_id FROM complaints_note
        UNION ALL SELECT id, complaint_id FROM correspondence_message) AS text
 WHERE NOT EXISTS (SELECT FROM search_indexedtext row WHERE row.id = text.id)
ON CONFLICT DO NOTHING"""
TOO_OFTEN = """
SELECT word.token FROM search_indexedtext CROSS JOIN LATERAL unnest(words) AS word (token)
 GROUP BY word.token HAVING count(*) > greatest(%s, %s * (SELECT count(*) FROM search_indexedtext))"""
# The trigger on the table is what leaves the dropped words out.
DROP = """
UPDATE search_indexedtext SET words = words WHERE id IN
 (SELECT id FROM search_indexedtext WHERE words && %s::uuid[] LIMIT %s)"""


@dataclass(slots=True)
class Faults:
    """What a check has found: texts without a row, rows of an earlier edition, rows that are wrong or of no text."""

    missing: int = 0
    unfinished: int = 0
    wrong: int = 0
    of_nothing: int = 0

    def __bool__(self) -> bool:
        return bool(self.missing or self.unfinished or self.wrong or self.of_nothing)


def tend_index(*, at: datetime) -> tuple[int, int]:
    """Do all that needs doing. Returns how many texts were indexed, and how many words were dropped."""
    add_missing()
    filled = sum(fill(at=at))
    fill_members(at=at)
    return filled, drop_common(at=at)


def add_missing() -> int:
    """Give each text without a row one that is still to be filled: one statement. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_MISSING)
        return int(cursor.rowcount)


def start_anew() -> None:
    """Let every row count as not done, so that it is filled again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_indexedtext SET edition = -1")


def unfinished() -> QuerySet[IndexedText]:
    """Return the rows of an earlier edition."""
    now = edition()
    return IndexedText.objects.unscoped(REASON).filter(Q(edition__lt=now) | Q(edition__gt=now))


def fill(*, at: datetime) -> Iterator[int]:
    """Fill what is unfinished, a batch in each transaction, and yield how many rows each had.

    A text that does not open is left without words; the audit trail tells of it.
    """
    last: UUID | None = None
    while True:
        with transaction.atomic():
            rows = unfinished().filter(pk__gt=last) if last else unfinished()
            few = list(rows.order_by("pk").select_for_update(skip_locked=True)[:BATCH])
            if not few:
                return
            _write(few, at)
        last = few[-1].pk
        yield len(few)


def fill_members(*, at: datetime) -> int:
    """Let members be found who were here before there were tokens of them. Returns how many."""
    done, last = 0, UUID(int=0)
    given = Q(email__isnull=False) | Q(phone__isnull=False) | Q(born_on__isnull=False)
    bare = Member.objects.unscoped(REASON).filter(given, found_by=[]).order_by("pk")
    while few := list(bare.filter(pk__gt=last)[:BATCH]):
        with transaction.atomic(), phi_access(actor=SYSTEM, purpose=Purpose.INDEX, at=at):
            for member in few:
                born_on = date.fromisoformat(member.born_on) if member.born_on else None
                member.found_by = member_tokens(
                    name=member.name, email=member.email, phone=member.phone, born_on=born_on
                )
            Member.objects.unscoped(REASON).bulk_update(few, ["found_by"])
        done, last = done + len(few), few[-1].pk
    return done


def drop_common(*, at: datetime) -> int:
    """Drop the tokens that stand in too many texts, for good. Returns how many are new."""
    with connection.cursor() as cursor:
        cursor.execute(TOO_OFTEN, [FEWEST_TEXTS, MOST_SHARE])
        tokens = [token for (token,) in cursor.fetchall()]
        DroppedWord.objects.bulk_create(
            [DroppedWord(token=token, dropped_at=at) for token in tokens], ignore_conflicts=True
        )
        everything = list(DroppedWord.objects.values_list("pk", flat=True))
        while everything:
            cursor.execute(DROP, [everything, BATCH])
            if not cursor.rowcount:
                break
    return len(tokens)


def check(*, at: datetime) -> Iterator[tuple[int, Faults]]:
    """Open every text and compare its row; yield after each batch how many rows it had, and all faults so far."""
    faults = Faults(missing=_count_missing(), unfinished=unfinished().count())
    yield 0, faults
    dropped = set(DroppedWord.objects.values_list("pk", flat=True))
    rows, last, now = IndexedText.objects.unscoped(REASON).order_by("pk"), UUID(int=0), edition()
    while few := list(rows.filter(pk__gt=last)[:BATCH]):
        texts = _texts(few)
        with phi_access(actor=SYSTEM, purpose=Purpose.INDEX, at=at):
            for row in few:
                if row.pk not in texts:
                    faults.of_nothing += 1
                elif row.edition == now:
                    faults.wrong += not _is_right(row, texts[row.pk], dropped)
        last = few[-1].pk
        yield len(few), faults


def _write(rows: list[IndexedText], at: datetime) -> None:
    texts = _texts(rows)
    with phi_access(actor=SYSTEM, purpose=Purpose.INDEX, at=at):
        new = [_made_anew(texts[row.pk]) for row in rows if row.pk in texts]
    IndexedText.objects.unscoped(REASON).filter(pk__in=[row.pk for row in rows if row.pk not in texts]).delete()
    IndexedText.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["id"], update_fields=["words", "identifiers", "address", "edition"]
    )


def _made_anew(text: Text) -> IndexedText:
    try:
        return indexed(text)
    except SealBroken:
        return IndexedText(id=text.pk, complaint_id=complaint_of(text), edition=edition())


def _is_right(row: IndexedText, text: Text, dropped: set[UUID]) -> bool:
    made = _made_anew(text)
    words = [token for token in made.words if token not in dropped]
    return (row.words, row.identifiers, row.address) == (words, made.identifiers, made.address)


def _texts(rows: list[IndexedText]) -> dict[UUID, Text]:
    """Return the texts of these rows, sealed: a query for each table."""
    keys = [row.pk for row in rows]
    return {text.pk: text for model in SEARCHED for text in model.objects.unscoped(REASON).filter(pk__in=keys)}


def _count_missing() -> int:
    known = IndexedText.objects.unscoped(REASON).values("pk")
    return sum(model.objects.unscoped(REASON).exclude(pk__in=known).count() for model in (Complaint, Note, Message))
