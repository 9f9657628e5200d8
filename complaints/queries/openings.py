"""Restrictions as a case shows them, and the log of broken glass."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet

from complaints.enums import RestrictionKind
from complaints.models import ANSWERED_WITHIN, Complaint, Opening, Restriction, opened_by
from complaints.permissions import SEE_RESTRICTED, may
from members.actors import Actor
from members.audit.models import Event
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

PAGE_SIZE = 50
DONE = MappingProxyType(
    {
        "phi.opened": "Records read",
        "complaint.note_added": "Notes written",
        "complaint.evidence_added": "Evidence added",
        "complaint.message_sent": "Messages sent",
        "complaint.address_recorded": "Addresses recorded",
    }
)
"""What is done most within an opening. Other acts stand there by their name in the audit trail."""


@dataclass(frozen=True, slots=True)
class RestrictionOnShow:
    """Why a case is restricted, and until when whoever broke the glass sees it."""

    words: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One opening of the log. `may_judge`: it waits for an answer, and this reader may give it."""

    id: UUID
    reference: str
    who: str
    opened_at: datetime
    until: datetime
    reason: str
    justified: bool | None
    verdict_reason: str
    judged_by: str
    judged_at: datetime | None
    may_judge: bool


def restriction_of(complaint: Complaint, *, actor: Actor) -> RestrictionOnShow | None:
    """Return what the top of a case tells of its restriction: two queries at most, none for a case that has none."""
    if not complaint.is_restricted:
        return None
    rows = Restriction.objects.visible_to(actor.as_staff()).filter(complaint_id=complaint.pk, lifted_at=None)
    kinds = rows.values_list("kind", flat=True)
    sees_anyway = actor.has(*SEE_RESTRICTED) or complaint.owner_id == actor.user_id
    openings = opened_by(actor).filter(complaint_id=complaint.pk).order_by("-until")
    until = None if sees_anyway else openings.values_list("until", flat=True).first()
    return RestrictionOnShow(", ".join(str(RestrictionKind(kind).label) for kind in kinds), until)


def read_openings(*, actor: Actor, page: str | None, at: datetime) -> Page:
    """Return a page of the log with the reasons opened, what waits for an answer first: two queries and the record."""
    rows = _rows(actor).order_by(F("judged_at").desc(nulls_first=True), "-opened_at")
    found = Paginator(rows, PAGE_SIZE).get_page(page)
    with phi_access(actor=actor, purpose=Purpose.OPENINGS, at=at):
        lines = [_line(row, actor) for row in found.object_list]
    return Page(lines, found.number, found.paginator)


def count_overdue(*, actor: Actor, at: datetime) -> int:
    """Return how many openings that this actor sees have waited for an answer for three days: one query."""
    return Opening.objects.visible_to(actor).filter(judged_at=None, opened_at__lte=at - ANSWERED_WITHIN).count()


def read_opening(*, actor: Actor, opening_id: UUID, at: datetime) -> OpeningLine | None:
    """Return one opening with its reasons opened, None when it is not there for this actor."""
    row = _rows(actor).filter(pk=opening_id).first()
    if row is None:
        return None
    with phi_access(actor=actor, purpose=Purpose.REVIEW_OPENING, at=at):
        return _line(row, actor)


def done_within(*, actor: Actor, opening_id: UUID) -> tuple[dict[str, str], ...]:
    """Return what the audit trail tells that the opener did on the case meanwhile, counted by kind: two queries."""
    row = Opening.objects.visible_to(actor).filter(pk=opening_id).first()
    if row is None:
        return ()
    events = Event.objects.filter(
        matter_id=row.complaint_id, actor_id=row.opener_id, at__gte=row.opened_at, at__lte=row.until
    ).exclude(action="complaint.glass_broken")
    counts = events.values_list("action").annotate(number=Count("pk")).order_by("-number", "action")
    return tuple({"key": DONE.get(action, action), "value": f"{number:,}"} for action, number in counts)


def _rows(actor: Actor) -> QuerySet[Opening]:
    rows = Opening.objects.visible_to(actor).select_related("opener", "judged_by")
    return rows.annotate(reference=F("complaint__reference"))


def _line(row: Any, actor: Actor) -> OpeningLine:
    return OpeningLine(
        id=row.pk,
        reference=row.reference,
        who=str(row.opener),
        opened_at=row.opened_at,
        until=row.until,
        reason=row.reason,
        justified=row.justified,
        verdict_reason=row.verdict_reason or "",
        judged_by=str(row.judged_by or ""),
        judged_at=row.judged_at,
        may_judge=row.judged_at is None and may(actor, "judge_opening") and row.opener_id != actor.user_id,
    )
