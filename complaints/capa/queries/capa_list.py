"""All CAPAs with their age and what is due next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.capa.causes import label
from complaints.capa.dates import house_date
from complaints.capa.enums import OPEN_CAPA_STATES, CapaState
from complaints.capa.models import Capa, CapaAction, CapaComplaint
from complaints.queries.queue import CANNOT_BE_OPENED
from complaints.time_left import TimeLeft, time_left
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.keyring import SealBroken
from members.privacy.purposes import Purpose
from slas.models import Clock
from slas.queries import open_clocks

AGE_BANDS = (
    (30, "0-30", gettext_lazy("0–30 days")),
    (60, "31-60", gettext_lazy("31–60 days")),
    (90, "61-90", gettext_lazy("61–90 days")),
    (inf, "over-90", gettext_lazy("over 90 days")),
)
"""Up to how many days a band of ageing reaches, its code and its words."""
TONES = {
    CapaState.OPENED: "new",
    CapaState.PLANNED: "",
    CapaState.IMPLEMENTED: "",
    CapaState.EFFECTIVE: "ok",
    CapaState.NOT_EFFECTIVE: "late",
}
DUE_WORDS = {
    "capa_plan": gettext_lazy("Plan"),
    "capa_action": gettext_lazy("Action"),
    "effectiveness_check": gettext_lazy("Effectiveness check"),
}


@dataclass(frozen=True, slots=True)
class CapaLine:
    """One CAPA as a line. `age_days` and `due` are of open ones only; the title is "" until `with_titles` opens it."""

    id: UUID
    reference: str
    cause: str
    cause_label: str
    state: str
    state_label: str
    tone: str
    owner: str
    opened_on: date
    complaints: int
    actions: int
    actions_done: int
    actions_overdue: int
    age_days: int | None
    age: str
    due: TimeLeft | None
    due_what: str
    is_overdue: bool
    title: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether there is still something to do."""
        return self.state in OPEN_CAPA_STATES


def list_capas(*, actor: Actor, at: datetime) -> list[CapaLine]:
    """Return all CAPAs: open ones first, what is due first before the others; then the ended ones. Three queries."""
    capas = list(_rows(actor))
    actions: dict[UUID, list[CapaAction]] = defaultdict(list)
    for action in CapaAction.objects.visible_to(actor).only("pk", "capa_id", "done_at"):
        actions[action.capa_id].append(action)
    open_ids = [row.pk for row in capas if row.state in OPEN_CAPA_STATES]
    undone = [action.pk for capa_id in open_ids for action in actions[capa_id] if not action.done_at]
    clocks = open_clocks([*open_ids, *undone])
    lines = [_line(row, actions[row.pk], clocks, at) for row in capas]
    return sorted(lines, key=_urgency)


def with_titles(lines: Iterable[CapaLine], *, actor: Actor, at: datetime) -> list[CapaLine]:
    """Return lines as a page shows them: their titles opened, which is recorded. One query, and one for the record."""
    lines = list(lines)
    rows = Capa.objects.visible_to(actor).filter(pk__in=[line.id for line in lines]).only("title")
    with phi_access(actor=actor, purpose=Purpose.CAPAS, at=at):
        titles = {row.pk: _title(row) for row in rows}
    return [replace(line, title=titles[line.id]) for line in lines]


def _title(row: Capa) -> str:
    """Return the title; one that does not open takes the place of itself alone, not of the list."""
    try:
        return row.title
    except SealBroken:
        return CANNOT_BE_OPENED


def _rows(actor: Actor) -> QuerySet[Capa]:
    linked = CapaComplaint.objects.visible_to(actor).filter(capa_id=OuterRef("pk")).order_by()
    counted = linked.values("capa_id").annotate(number=Count("*")).values("number")
    rows = Capa.objects.visible_to(actor).annotate(complaint_count=Coalesce(Subquery(counted), 0))
    return rows.select_related("owner").defer("title", "problem", "criterion", "verdict_reason")


def _line(row: Any, actions: list[CapaAction], clocks: dict[UUID, list[Clock]], at: datetime) -> CapaLine:
    owed = [clock for matter in (row, *actions) for clock in clocks.get(matter.pk, ())]
    late = [clock for clock in owed if clock.is_breached(at)]
    first = min(owed, key=lambda clock: clock.due_at, default=None)
    is_open = row.state in OPEN_CAPA_STATES
    age_days = (house_date(at) - house_date(row.opened_at)).days
    return CapaLine(
        id=row.pk,
        reference=row.reference,
        cause=row.cause,
        cause_label=label(row.cause),
        state=row.state,
        state_label=str(CapaState(row.state).label),
        tone=TONES[CapaState(row.state)],
        owner=str(row.owner),
        opened_on=house_date(row.opened_at),
        complaints=row.complaint_count,
        actions=len(actions),
        actions_done=sum(bool(action.done_at) for action in actions),
        actions_overdue=sum(clock.kind == "capa_action" for clock in late),
        age_days=age_days if is_open else None,
        age=age_band(age_days) if is_open else "",
        due=time_left(due_at=first.due_at, now=at) if first else None,
        due_what=str(DUE_WORDS.get(first.kind, _("Due"))) if first else "",
        is_overdue=bool(late),
    )


def age_band(days: int) -> str:
    """Return the code of the band of ageing that this many days fall in."""
    return next(code for most, code, _words in AGE_BANDS if days <= most)


def _urgency(line: CapaLine) -> tuple[Any, ...]:
    if not line.is_open:
        return (1, -line.opened_on.toordinal(), line.reference)
    due_at = line.due.due_at.timestamp() if line.due and line.due.due_at else float("inf")
    return (0, due_at, line.reference)
