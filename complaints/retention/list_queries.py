"""Lists of what is to be erased as the screens and files show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from complaints.models import Complaint
from complaints.permissions import may
from complaints.retention.due import ENDED_AT
from complaints.retention.enums import LeftBecause, ListedState
from complaints.retention.lists import digest_now
from complaints.retention.models import ErasureList, ListedComplaint
from complaints.retention.rules import Rule, rules
from members.actors import Actor

PAGE_SIZE = 100
COLUMNS = ("number", "reference", "over_since", "rule", "state", "why")


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list: who asked and confirmed, what became of it, and what this reader may do."""

    id: UUID
    asked_at: datetime
    asked_by: str
    confirmed_by: str
    ends_at: datetime
    state: str
    tone: str
    number: int
    erased: int
    left: int
    may_confirm: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One complaint of a list; without a reference where it is gone, or not for this reader to see."""

    reference: str
    over_since: datetime | None
    rule: str
    state: ListedState
    left_because: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list with a page of what is on it, the longest over first: its digest, and how many complaints by each rule."""

    line: ListLine
    digest: str
    by_rule: Sequence[tuple[Rule, int]]
    left: Sequence[tuple[str, int]]
    listed: Page


def newest_lists(*, actor: Actor, at: datetime, most: int) -> list[ListLine]:
    """Return the newest lists: one query."""
    return [_list_line(row, actor, at) for row in _lists().order_by("-asked_at")[:most]]


def read_list(*, actor: Actor, list_id: UUID, at: datetime, page: str | None) -> ListPage | None:
    """Return one list with a page of its complaints, None if there is none: six queries."""
    row = _lists().filter(pk=list_id).first()
    if row is None:
        return None
    numbers = dict(row.listed.values_list("rule").annotate(number=Count("pk")).order_by())
    left = row.listed.filter(state=ListedState.LEFT).values_list("left_because").annotate(number=Count("pk"))
    found = Paginator(_listed(row, actor), PAGE_SIZE).get_page(page)
    return ListPage(
        _list_line(row, actor, at),
        digest_now(row),
        [(rule, numbers[rule.code]) for rule in rules() if rule.code in numbers],
        [(str(LeftBecause(code).label), number) for code, number in left.order_by("left_because")],
        Page([_listed_line(each) for each in found.object_list], found.number, found.paginator),
    )


def read_whole_list(asked: ErasureList, *, actor: Actor) -> list[ListedLine]:
    """Return all that is on a list, in the order of its pages: one query."""
    return [_listed_line(each) for each in _listed(asked, actor)]


def _listed(asked: ErasureList, actor: Actor) -> QuerySet[ListedComplaint]:
    """Return the lines in the order of their keys, which is that in which they were listed: no erasure moves a page."""
    seen = Complaint.objects.visible_to(actor.as_staff()).filter(pk=OuterRef("complaint_id"))
    ended = Subquery(seen.annotate(ended_at=ENDED_AT).values("ended_at"))
    return asked.listed.annotate(reference=Subquery(seen.values("reference")), over_since=ended).order_by("pk")


def _listed_line(row: ListedComplaint) -> ListedLine:
    names = {rule.code: rule.name for rule in rules()}
    return ListedLine(
        reference=row.reference or "",  # type: ignore[attr-defined]
        over_since=row.over_since,  # type: ignore[attr-defined]
        rule=names.get(row.rule, row.rule),
        state=ListedState(row.state),
        left_because=str(LeftBecause(row.left_because).label) if row.left_because else "",
        is_gone=row.state == ListedState.ERASED or row.left_because == LeftBecause.GONE,
    )


def _lists() -> QuerySet[ErasureList]:
    counted = {
        "number": Count("listed"),
        "erased": Count("listed", filter=Q(listed__state=ListedState.ERASED)),
        "left": Count("listed", filter=Q(listed__state=ListedState.LEFT)),
    }
    return ErasureList.objects.select_related("asked_by", "confirmed_by").annotate(**counted)


def _list_line(row: ErasureList, actor: Actor, at: datetime) -> ListLine:
    waits = row.confirmed_at is None and at < row.ends_at
    state, tone = ("Done", "ok") if row.done_at else ("Confirmed", "soon") if row.confirmed_at else ("Over", "pause")
    if waits:
        state, tone = "Waits", "soon"
    return ListLine(
        id=row.pk,
        asked_at=row.asked_at,
        asked_by=str(row.asked_by),
        confirmed_by=str(row.confirmed_by or ""),
        ends_at=row.ends_at,
        state=state,
        tone=tone,
        number=row.number,  # type: ignore[attr-defined]
        erased=row.erased,  # type: ignore[attr-defined]
        left=row.left,  # type: ignore[attr-defined]
        may_confirm=waits and may(actor, "confirm_erasure") and row.asked_by_id != actor.user_id,
        is_own=row.asked_by_id == actor.user_id,
    )
