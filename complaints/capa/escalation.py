"""What warned and missed clocks do to CAPAs and their actions: owners are told, and the quality managers."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from complaints.capa.models import Capa, CapaAction
from complaints.models import Task
from complaints.operations import (
    Alert,
    UnknownAction,
    alert_of,
    alert_staff,
    open_tasks,
    task_of,
    wait_for_turn,
)
from members.actors import SYSTEM, Role
from members.acts import act
from members.queries import Holder, holders_of
from slas.algebra import BREACH
from slas.pack_actions import NOTIFY_ROLE, ROLES
from slas.signals import Fired


class _Capa(NamedTuple):
    """Who answers for a CAPA or an action, and the CAPA's reference."""

    owner_id: UUID
    reference: str


def escalate_capas(*, at: datetime, firings: Sequence[Fired]) -> None:
    """Carry out these actions of thresholds. `notify_lead` reaches the quality managers, who lead the work on causes.

    `raise_priority` changes nothing: the list of CAPAs shows by itself what is overdue. To give one to somebody else is
    theirs to decide, for an owner must leave somebody to approve the plan. A warning that comes after the act is left
    out; of a breach people are still told. Doing it again changes nothing. A constant number of queries. Raises
    UnknownAction, CapaAction.DoesNotExist: then nothing at all was done.
    """
    firings = [fired for fired in firings if fired.clock.is_open or fired.code >= BREACH]
    with act(actor=SYSTEM, at=at) as this:
        wait_for_turn()
        capas, holders = _about({fired.clock.matter_id for fired in firings}), holders_of(*ROLES, at=at)
        alerts: list[Alert] = []
        tasks: list[Task] = []
        for fired in firings:
            capa = capas[fired.clock.matter_id]
            if fired.action == "open_task":
                if fired.clock.is_open:
                    who = {"assignee_id": capa.owner_id, "opened_at": at}
                    tasks.append(task_of(fired, reference=capa.reference, **who))
            else:
                title = f"{fired.clock.policy.title}, {capa.reference}"
                told = _told(fired.action, capa, holders)
                alerts += [alert_of(fired, user_id, title=title, capa=capa.reference) for user_id in told]
        open_tasks(this=this, tasks=tasks)
        alert_staff(this=this, alerts=alerts)


def _told(action: str, capa: _Capa, holders: dict[str, list[Holder]]) -> list[UUID]:
    """Return whom an action tells. Raises UnknownAction."""
    if action.startswith(NOTIFY_ROLE):
        return [person.user_id for person in holders[action.removeprefix(NOTIFY_ROLE)]]
    match action:
        case "notify_owner":
            return [capa.owner_id]
        case "notify_lead":
            return [person.user_id for person in holders[Role.QUALITY_MANAGER]]
        case "raise_priority":
            return []
    raise UnknownAction(action)


def _about(matter_ids: set[UUID]) -> dict[UUID, _Capa]:
    """Return what is told of these CAPAs and actions: two queries at most. Raises CapaAction.DoesNotExist."""
    capas = Capa.objects.unscoped("whom to tell about its clock").filter(pk__in=matter_ids)
    found = {pk: _Capa(*told) for pk, *told in capas.values_list("pk", "owner_id", "reference")}
    if missing := matter_ids - found.keys():
        actions = CapaAction.objects.unscoped("whom to tell about its clock").filter(pk__in=missing)
        found |= {pk: _Capa(*told) for pk, *told in actions.values_list("pk", "owner_id", "capa__reference")}
    if found.keys() != matter_ids:
        raise CapaAction.DoesNotExist
    return found
