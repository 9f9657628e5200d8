"""Which case an event is of that does not name it.

An opening names its case since `phi_access` takes that from the row. What a search or a list opened before names its
row alone, and the trail is never changed.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from complaints.correspondence.models import Letter, Message, Notice
from complaints.models import Assessment, Complaint, Decision, Enclosure, Evidence, Note, Opening, Restriction

REASON = "which events of the trail are about it; nothing of it is shown"
PARTS: tuple[Any, ...] = (
    Note,
    Message,
    Letter,
    Notice,
    Enclosure,
    Evidence,
    Assessment,
    Decision,
    Opening,
    Restriction,
)


def parts_of(complaint_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Return the keys of all parts of complaints, each with that of its complaint: one query."""
    return _parts(Q(complaint_id__in=complaint_ids))


def complaints_of_parts(keys: Collection[UUID]) -> dict[UUID, UUID]:
    """Return to which complaint each of these parts belongs: one query."""
    return dict(_parts(Q(pk__in=keys)))


def on_parts_of(complaints: QuerySet[Complaint]) -> Q:
    """Return the condition for events that name a part of these, and not their case."""
    named = Q()
    for model in PARTS:
        named |= Q(object_id__in=model.objects.unscoped(REASON).filter(complaint__in=complaints).values("pk"))
    return Q(matter_id=None) & named


def on_lost(models: Iterable[Any]) -> Q:
    """Return the condition for events that name a row of these which is no more, and no case: nobody knows whose."""
    lost = Q()
    for model in models:
        there = model.objects.unscoped(REASON).filter(pk=OuterRef("object_id"))
        lost |= Q(~Exists(there), object_type=model._meta.db_table)
    return Q(matter_id=None) & lost


def _parts(condition: Q) -> list[tuple[UUID, UUID]]:
    first, *others = [
        model.objects.unscoped(REASON).filter(condition).values_list("pk", "complaint_id") for model in PARTS
    ]
    return list(first.union(*others, all=True))
