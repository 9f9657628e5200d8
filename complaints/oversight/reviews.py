"""Items as privacy officers work through them, and answering for them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet

from complaints.oversight.enums import RuleCode
from complaints.oversight.models import JUDGED_WITHIN, ReviewItem
from complaints.permissions import demand, may
from members.actors import Actor
from members.acts import act
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

PAGE_SIZE = 50
EVIDENCE = {
    "usual": "%s on a usual day",
    "surname": "%s with the same surname",
    "contact": "%s with the same e-mail or phone",
    "address": "%s with the same address",
    "minutes": "within %s minutes",
    "idle_days": "after %s days without anything",
}


class ReviewRefused(ValueError):
    """The item cannot be judged; the message says why."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One item. `may_judge`: it waits for an answer, and this reader may give it."""

    id: UUID
    rule: str
    person_id: UUID
    person: str
    day: date
    count: int
    evidence: tuple[str, ...]
    opened_at: datetime
    is_overdue: bool
    in_order: bool | None
    verdict_reason: str
    judged_by: str
    judged_at: datetime | None
    may_judge: bool


def read_reviews(*, actor: Actor, page: str | None, at: datetime) -> Page:
    """Return a page of items, those that wait first and of them the oldest: two queries and the record."""
    rows = _rows(actor).order_by(F("judged_at").desc(nulls_first=True), "opened_at", "pk")
    found = Paginator(rows, PAGE_SIZE).get_page(page)
    with phi_access(actor=actor, purpose=Purpose.REVIEW_ITEM, at=at):
        lines = [_line(row, actor, at) for row in found.object_list]
    return Page(lines, found.number, found.paginator)


def read_review(*, actor: Actor, review_id: UUID, at: datetime) -> ReviewLine | None:
    """Return one item, None when it is not there for this actor."""
    row = _rows(actor).filter(pk=review_id).first()
    if row is None:
        return None
    with phi_access(actor=actor, purpose=Purpose.REVIEW_ITEM, at=at):
        return _line(row, actor, at)


def judge_review(
    *, actor: Actor, at: datetime, review_id: UUID, count: int | None, in_order: bool, reason: str
) -> ReviewItem:
    """Answer whether what stood out was in order, by somebody else than whom it is about, who was shown so much of it.

    Raises ActionForbidden, ReviewRefused, ReviewItem.DoesNotExist.
    """
    demand(actor, "judge_review")
    with act(actor=actor, at=at) as this:
        item = this.lock(ReviewItem, review_id)
        if item.person_id == actor.user_id:
            raise ReviewRefused("This is about yourself. Somebody else has to say whether it was in order.")
        if not ReviewItem.objects.visible_to(actor).filter(pk=review_id).exists():
            raise ReviewItem.DoesNotExist
        if item.judged_at:
            raise ReviewRefused("Somebody has answered this already.")
        if item.count != count:
            raise ReviewRefused("This has grown since you opened the page. Look at it once more, then answer.")
        this.change(item, in_order=in_order, verdict_reason=reason, judged_at=at, judged_by_id=actor.user_id)
        this.record("review.judged", object_type="review", object_id=item.pk, detail={"in_order": in_order})
    return item


def _rows(actor: Actor) -> QuerySet[ReviewItem]:
    return ReviewItem.objects.visible_to(actor).select_related("person", "judged_by")


def _line(row: Any, actor: Actor, at: datetime) -> ReviewLine:
    return ReviewLine(
        id=row.pk,
        rule=str(RuleCode(row.rule).label),
        person_id=row.person_id,
        person=str(row.person),
        day=row.day,
        count=row.count,
        evidence=tuple(EVIDENCE[name] % f"{number:,}" for name, number in row.evidence.items() if name in EVIDENCE),
        opened_at=row.opened_at,
        is_overdue=row.judged_at is None and row.opened_at <= at - JUDGED_WITHIN,
        in_order=row.in_order,
        verdict_reason=row.verdict_reason or "",
        judged_by=str(row.judged_by or ""),
        judged_at=row.judged_at,
        may_judge=row.judged_at is None and may(actor, "judge_review") and row.person_id != actor.user_id,
    )
