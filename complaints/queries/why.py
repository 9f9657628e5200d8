"""Why a date of a complaint is what it is: for the staff who see its case, and for the member whose it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from complaints.promises import due_in_full
from complaints.queries.case_head import CaseHead, clocks_on_show, find_case, head_of
from complaints.queries.member_cases import date_for_member, find_own_complaint, promised
from complaints.queries.why_page import Why, why_of
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.explanations import explain_clock
from slas.models import Clock
from slas.versions import zone_of


@dataclass(frozen=True, slots=True)
class OtherDate:
    """Another date of the same complaint. To the member its title holds the day, and `due` is empty."""

    title: str
    due: str
    kind: str
    cycle: int


@dataclass(frozen=True, slots=True)
class CaseWhy:
    """The explanation of one date of a case, with the head of the case for the staff and its other dates."""

    reference: str
    cycle: int
    head: CaseHead | None
    why: Why
    others: tuple[OtherDate, ...]


def why_of_case(*, actor: Actor, reference: str, kind: str, cycle: int, at: datetime) -> CaseWhy | None:
    """Return why a date of a case is what it is, None where the actor sees no such clock: three queries, one record."""
    complaint = find_case(actor=actor, reference=reference)
    if complaint is None:
        return None
    clocks = clocks_on_show(complaint)
    clock = _named(clocks, kind, cycle)
    if clock is None:
        return None
    found = explain_clock(clock, at=at)
    with phi_access(actor=actor, purpose=Purpose.CASE, at=at):
        head = head_of(complaint, clocks, actor=actor, at=at)
    return CaseWhy(
        complaint.reference, cycle, head, why_of(found), tuple(other for other, _row in _others(clocks, clock))
    )


def why_of_own_case(*, actor: Actor, reference: str, kind: str, cycle: int, at: datetime) -> CaseWhy | None:
    """Return why a date promised to a member is what it is, None for any other: three queries, nothing is opened."""
    complaint = find_own_complaint(actor=actor, reference=reference)
    clocks = promised(clocks_on_show(complaint)) if complaint else []
    clock = _named(clocks, kind, cycle)
    if complaint is None or clock is None:
        return None
    found = explain_clock(clock, at=at)
    others = tuple(replace(other, title=date_for_member(row), due="") for other, row in _others(clocks, clock))
    return CaseWhy(complaint.reference, cycle, None, why_of(found), others)


def clock_data(*, actor: Actor, reference: str, kind: str, cycle: int, at: datetime) -> dict[str, Any] | None:
    """Return the explanation of a date of a case as data, None where the actor sees no such clock."""
    complaint = find_case(actor=actor, reference=reference)
    clock = _named(clocks_on_show(complaint), kind, cycle) if complaint else None
    return explain_clock(clock, at=at).as_data() if clock else None


def own_clock_data(*, actor: Actor, reference: str, kind: str, cycle: int, at: datetime) -> dict[str, Any] | None:
    """Return the explanation of a date promised to a member as data, without what is ours; None for any other."""
    complaint = find_own_complaint(actor=actor, reference=reference)
    clock = _named(promised(clocks_on_show(complaint)), kind, cycle) if complaint else None
    return explain_clock(clock, at=at).as_data(for_member=True) if clock else None


def _named(clocks: Sequence[Clock], kind: str, cycle: int) -> Clock | None:
    return next((clock for clock in clocks if (clock.kind, clock.cycle) == (kind, cycle)), None)


def _others(clocks: Sequence[Clock], shown: Clock) -> Iterator[tuple[OtherDate, Clock]]:
    for clock in clocks:
        if clock.pk != shown.pk:
            due = due_in_full(clock.due_at, zone_of(clock))
            yield OtherDate(clock.policy.title, due, clock.kind, clock.cycle), clock
