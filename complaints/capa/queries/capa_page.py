"""One CAPA as its page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.capa.causes import label
from complaints.capa.dates import INSTANT, house_date, last_day
from complaints.capa.enums import ActionKind, CapaState
from complaints.capa.lifecycle import TRANSITIONS, Situation
from complaints.capa.models import Capa, CapaAction, CapaComplaint
from complaints.capa.queries.capa_list import DUE_WORDS, TONES
from complaints.capa.queries.cases import CaseLine, cases_with_references
from complaints.permissions import may
from complaints.time_left import TimeLeft, time_left
from members.actors import Actor
from members.audit.models import Event
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.models import Clock, ClockState

PLAN = "capa_plan"
HAND_OVERS = MappingProxyType(
    {
        "capa.handed_over": gettext_lazy("Given to another owner"),
        "capa.action_handed_over": gettext_lazy("An action given to somebody else"),
    }
)


@dataclass(frozen=True, slots=True)
class CapaHead:
    """What names a CAPA on every page about it. `allowed` are the acts that the reader's role allows."""

    id: UUID
    reference: str
    title: str
    cause: str
    cause_label: str
    state: str
    state_label: str
    tone: str
    owner: str
    criterion: str
    check_on: date | None
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of the CAPA itself: what is owed, by which day, and how it stands or ended."""

    what: str
    due_on: date
    left: TimeLeft | None
    kind: str
    cycle: int


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action, and whether this reader may say that it is done, or give it to somebody else."""

    id: UUID
    kind: str
    description: str
    owner: str
    due_on: date
    done_on: date | None
    left: TimeLeft | None
    may_change: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, for the timeline."""

    at: datetime
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class CapaPage:
    """All that the page shows. `refusals` are the acts of this stage that the reader may do: why not now, or None."""

    head: CapaHead
    problem: str
    opened_on: date
    approved_by: str
    verdict_reason: str
    verified_by: str
    cases: list[CaseLine]
    erased_cases: int
    actions: list[ActionLine]
    deadlines: list[Deadline]
    happenings: list[Happening]
    refusals: dict[str, str | None]


def find_capa(*, actor: Actor, reference: str, at: datetime) -> CapaHead | None:
    """Return what names the CAPA with this reference, opened; None when there is none that the actor may see."""
    rows = Capa.objects.visible_to(actor).select_related("owner").defer("problem", "verdict_reason")
    row = rows.filter(reference=reference).first()
    if row is None:
        return None
    with phi_access(actor=actor, purpose=Purpose.CAPA, at=at):
        return _head(row, actor)


def find_action(*, actor: Actor, reference: str, action_id: UUID, at: datetime) -> ActionLine | None:
    """Return an action of the CAPA with this reference, opened and without its clock, or None."""
    rows = CapaAction.objects.visible_to(actor).select_related("owner", "capa")
    rows = rows.defer(*(f"capa__{name}" for name in ("title", "problem", "criterion", "verdict_reason")))
    action = rows.filter(pk=action_id, capa__reference=reference).first()
    if action is None:
        return None
    with phi_access(actor=actor, purpose=Purpose.CAPA, at=at):
        return _action_line(action, action.capa, None, actor)


def read_capa(*, actor: Actor, reference: str, at: datetime) -> CapaPage | None:
    """Open a CAPA for reading; None when there is none that the actor may see. Writes down what was read."""
    people = ("owner", "opened_by", "planned_by", "verified_by")
    row = Capa.objects.visible_to(actor).select_related(*people).filter(reference=reference).first()
    if row is None:
        return None
    rows = CapaAction.objects.visible_to(actor).filter(capa=row).select_related("owner", "added_by", "done_by")
    actions = list(rows.order_by("due_on", "added_at"))
    clocks = _clocks([row.pk, *(action.pk for action in actions)])
    linked = CapaComplaint.objects.visible_to(actor).filter(capa=row).values_list("complaint__reference", flat=True)
    cases = cases_with_references(actor=actor, references=list(linked))
    with phi_access(actor=actor, purpose=Purpose.CAPA, at=at):
        head, problem, verdict_reason = _head(row, actor), row.problem, row.verdict_reason or ""
        lines = [_action_line(action, row, _left_of(clocks[action.pk], at), actor) for action in actions]
    return CapaPage(
        head=head,
        problem=problem,
        opened_on=house_date(row.opened_at),
        approved_by=str(row.planned_by or ""),
        verdict_reason=verdict_reason,
        verified_by=str(row.verified_by or ""),
        cases=cases,
        erased_cases=row.erased_complaints,
        actions=lines,
        deadlines=[
            Deadline(str(DUE_WORDS[clock.kind]), last_day(clock.due_at), _left_of([clock], at), clock.kind, clock.cycle)
            for clock in clocks[row.pk]
        ],
        happenings=sorted(_happenings(row, actions, clocks, at), key=lambda happening: happening.at),
        refusals=_refusals(row, actions, actor),
    )


def _clocks(matter_ids: list[UUID]) -> dict[UUID, list[Clock]]:
    found: dict[UUID, list[Clock]] = {matter_id: [] for matter_id in matter_ids}
    for clock in Clock.objects.filter(matter_id__in=matter_ids).order_by("due_at"):
        found[clock.matter_id].append(clock)
    return found


def _left_of(clocks: list[Clock], at: datetime) -> TimeLeft | None:
    """Return how the last of a matter's clocks stands; None for none, and for one that was cancelled."""
    if not clocks or clocks[-1].state == ClockState.CANCELLED:
        return None
    return time_left(due_at=clocks[-1].due_at, now=at, met_at=clocks[-1].ended_at)


def _head(capa: Capa, actor: Actor) -> CapaHead:
    """Return the head, opened: only inside `phi_access`."""
    return CapaHead(
        id=capa.pk,
        reference=capa.reference,
        title=capa.title,
        cause=capa.cause,
        cause_label=label(capa.cause),
        state=capa.state,
        state_label=str(CapaState(capa.state).label),
        tone=TONES[CapaState(capa.state)],
        owner=str(capa.owner),
        criterion=capa.criterion or "",
        check_on=capa.check_on,
        allowed=_allowed(capa, actor),
    )


def _action_line(action: CapaAction, capa: Capa, left: TimeLeft | None, actor: Actor) -> ActionLine:
    answers = actor.user_id in {action.owner_id, capa.owner_id} or may(actor, "change_capa")
    return ActionLine(
        id=action.pk,
        kind=str(ActionKind(action.kind).label),
        description=action.description,
        owner=str(action.owner),
        due_on=action.due_on,
        done_on=action.done_at and house_date(action.done_at),
        left=left,
        may_change=answers and not action.done_at,
    )


def _allowed(capa: Capa, actor: Actor) -> frozenset[str]:
    if may(actor, "change_capa"):
        return frozenset({"add_action", "approve_plan", "verify_effective", "hand_over"})
    return frozenset({"add_action", "hand_over"}) if actor.user_id == capa.owner_id else frozenset()


def _refusals(capa: Capa, actions: list[CapaAction], actor: Actor) -> dict[str, str | None]:
    situation = Situation(capa, actions, actor.user_id)
    of_this_stage = [act for act in sorted(_allowed(capa, actor)) if capa.state in TRANSITIONS[act].sources]
    return {act: TRANSITIONS[act].refusal(situation) for act in of_this_stage}


def _happenings(
    capa: Capa, actions: list[CapaAction], clocks: dict[UUID, list[Clock]], at: datetime
) -> Iterator[Happening]:
    """Tell the story from the rows' own dates; only of hand-overs the audit trail alone knows."""
    yield from (
        Happening(clock.started_at, _("Cause first recorded"), "") for clock in clocks[capa.pk] if clock.kind == PLAN
    )
    yield Happening(capa.opened_at, _("Opened"), str(capa.opened_by or ""))
    for number, action in enumerate(actions, 1):
        yield Happening(action.added_at, _("Action %(number)d added") % {"number": number}, str(action.added_by or ""))
        if action.done_at:
            yield Happening(action.done_at, _("Action %(number)d done") % {"number": number}, str(action.done_by or ""))
    if capa.planned_at:
        yield Happening(capa.planned_at, _("Plan approved, criterion fixed"), str(capa.planned_by or ""))
    if capa.implemented_at:
        yield Happening(capa.implemented_at, _("All actions done"), "")
    if capa.verified_at:
        yield Happening(capa.verified_at, str(CapaState(capa.state).label), str(capa.verified_by or ""))
    for event in Event.objects.filter(matter_id=capa.pk, action__in=HAND_OVERS):
        yield Happening(event.at, str(HAND_OVERS[event.action]), event.actor_label)
    for clock in (clock for own in clocks.values() for clock in own if clock.is_breached(at)):
        yield Happening(clock.due_at - INSTANT, _("Due date missed: %(what)s") % {"what": DUE_WORDS[clock.kind]}, "")
