"""Erasing one complaint with all that hangs on it, in one transaction: all of it goes, or nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from complaints.capa.models import Capa, CapaComplaint
from complaints.files.store import delete_stored
from complaints.models import Complaint
from complaints.retention.facts import fact_of
from complaints.retention.hanging import Hanging, counts_of, delete, hanging_on, stored_files
from complaints.retention.ledger import append
from complaints.retention.ledger_lines import reference_digest
from complaints.retention.models import Erasure, ErasureList
from members.actors import Actor
from members.acts import act
from members.models import Member

REASON = "an erasure that two people have confirmed"


def lock(complaint_id: UUID) -> Complaint | None:
    """Return a complaint, None if it is gone; nobody puts it, its series, or a member of that on hold meanwhile."""
    rows = Complaint.objects.unscoped(REASON)
    series = rows.filter(series_id__in=rows.filter(pk=complaint_id).values("series_id"))
    locked = {row.pk: row for row in series.select_for_update(of=("self",)).order_by("pk")}
    members = {row.member_id for row in locked.values() if row.member_id}
    list(Member._base_manager.select_for_update(no_key=True).filter(pk__in=members).order_by("pk"))
    return locked.get(complaint_id)


def erase(complaint: Complaint, *, actor: Actor, at: datetime, rule: str, erasure_list: ErasureList) -> Erasure:
    """Erase a locked complaint that is due, by the word of the two people who asked for the list and confirmed it.

    The line of the ledger is on disk before the transaction ends. If that end never comes, the next try adds the line
    again, which says nothing new. Raises OSError when the ledger cannot be written, and whatever the database refuses.
    """
    entry = Erasure(
        complaint_id=complaint.pk,
        reference_digest=reference_digest(complaint.reference),
        rule=rule,
        erased_at=at,
        list_id=erasure_list.pk,
        asked_by=erasure_list.asked_by_id,
        confirmed_by=erasure_list.confirmed_by_id,  # type: ignore[misc]
    )
    with transaction.atomic():
        found = hanging_on(complaint.pk)
        entry.counts = counts_of(found)
        carry_out(entry, complaint, found, actor=actor, at=at, action="complaint.erased")
        append(entry)
    return entry


def carry_out(entry: Erasure, complaint: Complaint, found: Hanging, *, actor: Actor, at: datetime, action: str) -> None:
    """Write the ledger's row first, for the database deletes only what stands there; then let everything go."""
    entry.remember(complaint)
    with act(actor=actor, at=at) as this:
        this.add(entry, fact_of(complaint))
        this.record(
            action,
            matter_id=complaint.pk,
            object_type="complaint",
            object_id=complaint.pk,
            detail={"rule": entry.rule, "list": str(entry.list_id), "counts": counts_of(found)},
        )
    linked = CapaComplaint._base_manager.filter(pk__in=found.get(CapaComplaint, ())).values("capa")
    Capa._base_manager.filter(pk__in=linked).update(erased_complaints=F("erased_complaints") + 1)
    delete_stored(stored_files(found))
    delete(found)
