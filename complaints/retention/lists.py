"""Lists of what is to be erased: one person asks, a second one confirms within a day."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from complaints.models import Complaint
from complaints.permissions import demand
from complaints.retention.due import REASON, due
from complaints.retention.models import ErasureList, ListedComplaint
from complaints.retention.refusals import RetentionRefused, person
from complaints.retention.rules import rules
from members.actors import Actor
from members.acts import act

MOST = 5_000
"""Complaints on one list, the oldest first; the rest comes with the next."""


def ask_erasure(*, actor: Actor, at: datetime) -> ErasureList:
    """Put all that is due now on a list. What comes due later, or is the actor's own complaint, is not on it.

    Raises ActionForbidden, RetentionRefused.
    """
    demand(actor, "ask_erasure")
    with act(actor=actor, at=at) as this:
        if ErasureList.under_way(at).exists():
            raise RetentionRefused("A list is under way already. It has to be confirmed, or its day has to be over.")
        asked = ErasureList(asked_at=at, asked_by_id=person(actor))
        listed = _due_now(asked, actor=actor, at=at)
        if not listed:
            raise RetentionRefused("Nothing is due that you could ask for.")
        this.add(asked, *listed)
        detail = {"complaints": len(listed), "digest": digest_of((row.complaint_id, row.rule) for row in listed)}
        this.record("erasure.asked", object_type="erasure_list", object_id=asked.pk, detail=detail)
    return asked


def digest_of(listed: Iterable[tuple[UUID, str]]) -> str:
    """Return the fingerprint of a list, from the complaint and the rule of each line, in whatever order."""
    lines = sorted(f"{complaint_id} {rule}\n" for complaint_id, rule in listed)
    return sha256("".join(lines).encode()).hexdigest()


def digest_now(asked: ErasureList) -> str:
    """Return the fingerprint of what is on a list: the database lets no line of it change (migration 0006)."""
    return digest_of(asked.listed.values_list("complaint_id", "rule"))


def confirm_erasure(*, actor: Actor, at: datetime, list_id: UUID, digest: str) -> ErasureList:
    """Let the worker erase what is on a list, if it still may be erased then. `digest` is that of what was looked at.

    Raises ActionForbidden, RetentionRefused, ErasureList.DoesNotExist.
    """
    demand(actor, "confirm_erasure")
    with act(actor=actor, at=at) as this:
        asked = this.lock(ErasureList, list_id)
        if asked.confirmed_at:
            raise RetentionRefused("Somebody has confirmed this list already.")
        if asked.asked_by_id == actor.user_id:
            raise RetentionRefused("You asked for this yourself. Somebody else has to confirm it.")
        if at >= asked.ends_at:
            raise RetentionRefused("This list was asked for more than 24 hours ago. Ask for a new one.")
        if digest != digest_now(asked):
            raise RetentionRefused("This is not the list that you looked at. Look at it again, then confirm it.")
        if _has_own(asked, actor):
            raise RetentionRefused("A complaint of your own is on this list. Somebody else has to confirm it.")
        this.change(asked, confirmed_at=at, confirmed_by_id=person(actor))
        detail = {"digest": digest}
        this.record("erasure.confirmed", object_type="erasure_list", object_id=asked.pk, detail=detail)
    return asked


def _due_now(asked: ErasureList, *, actor: Actor, at: datetime) -> list[ListedComplaint]:
    seen = Complaint.objects.visible_to(actor.as_staff()).values("pk")
    found: list[tuple[datetime, UUID, str]] = []
    for rule in rules():
        rows = due(rule, among=rules(), at=at).filter(pk__in=seen).order_by("ended_at", "pk")  # type: ignore[misc]
        keys = rows.values_list("pk", "ended_at")[:MOST]  # type: ignore[misc]
        found += [(ended_at, pk, rule.code) for pk, ended_at in keys]
    return [ListedComplaint(on_list=asked, complaint_id=pk, rule=code) for _, pk, code in sorted(found)[:MOST]]


def _has_own(asked: ErasureList, actor: Actor) -> bool:
    listed = Complaint.objects.unscoped(REASON).filter(pk__in=asked.listed.values("complaint_id"))
    return listed.exclude(pk__in=Complaint.objects.visible_to(actor.as_staff()).values("pk")).exists()
