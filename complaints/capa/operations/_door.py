"""The one door: every change of a CAPA goes through `perform`."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model

from complaints.capa.dates import house_date
from complaints.capa.lifecycle import TRANSITIONS, CapaRefused, Situation
from complaints.capa.models import Capa, CapaAction
from complaints.permissions import READERS, demand
from members.actors import Actor, ActorKind
from members.acts import Act
from slas.models import Matter
from slas.operations import complete_clock, start_clock

ACTION_CLOCK, CHECK_CLOCK = "capa_action", "effectiveness_check"


def lock_capa(this: Act, capa_id: UUID) -> Capa:
    """Return the CAPA, locked. Raises Capa.DoesNotExist also when the actor may not see it."""
    if this.actor.kind in {ActorKind.USER, ActorKind.GUEST} and not this.actor.has(*READERS):
        raise Capa.DoesNotExist
    return this.lock(Capa, capa_id)


def actions_of(this: Act, capa_id: UUID) -> list[CapaAction]:
    """Return a CAPA's actions as this act has them by now, written or not. The CAPA must be locked."""
    rows = CapaAction.objects.unscoped("actions of the locked CAPA").filter(capa_id=capa_id)
    held = {row.pk: row for row in this.held(CapaAction, capa_id=capa_id)}
    return list(({row.pk: row for row in rows} | held).values())


def perform(
    act: str,
    *,
    this: Act,
    capa_id: UUID,
    adds: Model | None = None,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> Capa:
    """Do one act of the lifecycle: lock, refuse or move, stamp and sign, add, record, end the clock that it meets.

    Raises CapaRefused, Capa.DoesNotExist. Whether the actor's role allows the act is for the caller to demand.
    """
    transition = TRANSITIONS[act]
    capa = lock_capa(this, capa_id)
    situation = Situation(capa, actions_of(this, capa_id), this.actor.user_id)
    if refusal := transition.refusal(situation):
        raise CapaRefused(refusal)
    if transition.target:
        changes["state"] = transition.target
    if transition.stamps:
        changes[transition.stamps] = this.at
    if transition.signs:
        changes[transition.signs] = this.actor.user_id
    if changes:
        this.change(capa, **changes)
    if adds is not None:
        this.add(adds)
    this.record(f"capa.{transition.fact}", matter_id=capa_id, object_type="capa", object_id=capa_id, detail=detail)
    if transition.meets:
        complete_clock(this=this, matter_id=capa_id, kind=transition.meets, at=this.at)
    return capa


def implement_if_done(this: Act, capa_id: UUID) -> None:
    """Move a planned CAPA on once its last action is done, and start the clock of the effectiveness check."""
    capa = lock_capa(this, capa_id)
    actions = actions_of(this, capa_id)
    transition = TRANSITIONS["implement"]
    if transition.refusal(Situation(capa, actions, this.actor.user_id)):
        return
    perform("implement", this=this, capa_id=capa_id)
    matter = this.lock(Matter, capa_id)
    start_dated_clock(this, matter, CHECK_CLOCK, _check_due_on(capa, actions, house_date(this.at)))


def start_dated_clock(this: Act, matter: Matter, obligation: str, due_on: date) -> None:
    """Start a clock that is due when the day `due_on` ends: its days are counted from the day after today."""
    budget = (due_on - house_date(this.at)).days
    start_clock(this=this, matter=matter, obligation=obligation, started_at=this.at, budget=budget)


def demand_change(actor: Actor, *owner_ids: UUID) -> None:
    """Refuse whoever is neither a quality manager nor one of these owners. Raises ActionForbidden."""
    if actor.user_id is None or actor.user_id not in owner_ids:
        demand(actor, "change_capa")


def _check_due_on(capa: Capa, actions: list[CapaAction], today: date) -> date:
    """Return the planned day of the check, or a later one: the effect gets as many days to show as were planned."""
    assert capa.check_on is not None  # noqa: S101 -- a constraint: what is planned has a day for its check
    return max(capa.check_on, today + (capa.check_on - max(action.due_on for action in actions)))
