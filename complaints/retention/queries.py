"""Retention as the screens show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from complaints.models import Complaint
from complaints.permissions import may
from complaints.retention.due import count_due, references_due
from complaints.retention.enums import LeftBecause, ListedState
from complaints.retention.models import Erasure, ErasureList, Hold
from complaints.retention.rules import Mark, Rule, rules
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

PAGE_SIZE = 50
LISTS = 20
REFERENCES = 50
"""So many references of a rule are shown; the command's dry run names them all."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule, how much is due by it, and the first references. `to_confirm`: counsel has to confirm its clause."""

    name: str
    years: int
    clause: str
    to_confirm: bool
    number: int
    references: Sequence[str]


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
class ListPage:
    """A list with what is on it: so many by each rule, the references still there, and why what was left is left."""

    line: ListLine
    by_rule: Sequence[tuple[RuleLine, int]]
    references: Sequence[str]
    left: Sequence[tuple[str, int]]


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


@dataclass(frozen=True, slots=True)
class Overview:
    """What is due, the newest lists, and whether this reader may ask for one now."""

    rules: Sequence[RuleLine]
    number: int
    lists: Sequence[ListLine]
    under_way: ListLine | None
    may_ask: bool


def read_overview(*, actor: Actor, at: datetime) -> Overview:
    """Return the page of retention: two queries a rule that has anything due, one for the lists."""
    lines = [
        rule_line(each.rule, each.number, references_due(each.rule, among=rules(), actor=actor, at=at, most=REFERENCES))
        if each.number
        else rule_line(each.rule, 0)
        for each in count_due(among=rules(), at=at)
    ]
    number = sum(line.number for line in lines)
    lists = [_list_line(row, actor, at) for row in _lists().order_by("-asked_at")[:LISTS]]
    under_way = next((line for line in lists if line.state in {"Waits", "Confirmed"}), None)
    may_ask = may(actor, "ask_erasure") and number > 0 and under_way is None
    return Overview(lines, number, lists, under_way, may_ask)


def read_list(*, actor: Actor, list_id: UUID, at: datetime) -> ListPage | None:
    """Return one list, None if there is none: four queries."""
    row = _lists().filter(pk=list_id).first()
    if row is None:
        return None
    numbers = dict(row.listed.values_list("rule").annotate(number=Count("pk")).order_by())
    known = {rule.code: rule_line(rule, 0) for rule in rules()}
    by_rule = [(line, numbers[code]) for code, line in known.items() if code in numbers]
    waiting = row.listed.filter(state=ListedState.WAITING).values("complaint_id")
    seen = Complaint.objects.visible_to(actor.as_staff()).filter(pk__in=waiting)
    left = row.listed.filter(state=ListedState.LEFT).values_list("left_because").annotate(number=Count("pk"))
    return ListPage(
        _list_line(row, actor, at),
        by_rule,
        list(seen.order_by("received_at", "pk").values_list("reference", flat=True)[:REFERENCES]),
        [(str(LeftBecause(code).label), number) for code, number in left.order_by("left_because")],
    )


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


def rule_line(rule: Rule, number: int, references: Sequence[str] = ()) -> RuleLine:
    """Return a rule in the words of the screen."""
    name = rule.code.replace("_", " ").capitalize()
    return RuleLine(name, rule.years, rule.clause, rule.mark is Mark.TO_CONFIRM, number, references)


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
