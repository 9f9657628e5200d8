"""Legal holds as the screens show them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from complaints.models import Complaint
from complaints.permissions import may
from complaints.retention.models import Erasure, Hold
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One legal hold; its reasons are None where only the line is shown. What is erased has no reference any more."""

    id: UUID
    of_member: bool
    reference: str
    erased_at: datetime | None
    placed_at: datetime
    placed_by: str
    released_at: datetime | None
    released_by: str
    reason: str | None
    release_reason: str | None
    may_release: bool
    is_own: bool


def read_holds(*, actor: Actor, page: str | None) -> Page:
    """Return a page of holds, open ones first, without their reasons: two queries."""
    rows = _holds(actor).order_by(F("released_at").desc(nulls_first=True), "-placed_at")
    found = Paginator(rows, PAGE_SIZE).get_page(page)
    return Page([_hold_line(row, actor) for row in found.object_list], found.number, found.paginator)


def read_hold(*, actor: Actor, hold_id: UUID, at: datetime) -> HoldLine | None:
    """Return one hold with its reasons opened, None when it is not there for this actor."""
    row = _holds(actor).filter(pk=hold_id).first()
    if row is None:
        return None
    with phi_access(actor=actor, purpose=Purpose.HOLDS, at=at):
        return _hold_line(row, actor, reason=row.reason, release_reason=row.release_reason or "")


def holds_of(complaint_id: UUID, *, actor: Actor) -> list[HoldLine]:
    """Return the open holds that keep a case: on its series, or on whose that is. One query; none for others."""
    if not may(actor, "read_retention"):
        return []
    cases = Complaint.objects.unscoped("which cases are kept together")
    series = cases.filter(series_id__in=cases.filter(pk=complaint_id).values("series_id"))
    of_member = Q(complaint_id=None, member__in=series.filter(member__isnull=False).values("member"))
    rows = _holds(actor).filter(Q(complaint_id__in=series.values("pk")) | of_member, released_at=None)
    return [_hold_line(row, actor) for row in rows.order_by("placed_at")]


def _holds(actor: Actor) -> QuerySet[Hold]:
    rows = Hold.objects.visible_to(actor).select_related("placed_by", "released_by")
    held = Complaint.objects.unscoped("what the hold is called").filter(pk=OuterRef("complaint_id"))
    erased = Erasure.objects.filter(complaint_id=OuterRef("complaint_id"))
    return rows.annotate(reference=Subquery(held.values("reference")), erased_at=Subquery(erased.values("erased_at")))


def _hold_line(row: Hold, actor: Actor, *, reason: str | None = None, release_reason: str | None = None) -> HoldLine:
    return HoldLine(
        id=row.pk,
        of_member=row.of_member,
        reference=row.reference or "",  # type: ignore[attr-defined]
        erased_at=row.erased_at,  # type: ignore[attr-defined]
        placed_at=row.placed_at,
        placed_by=str(row.placed_by),
        released_at=row.released_at,
        released_by=str(row.released_by or ""),
        reason=reason,
        release_reason=release_reason,
        may_release=row.released_at is None and may(actor, "release_hold") and row.placed_by_id != actor.user_id,
        is_own=row.placed_by_id == actor.user_id,
    )
