"""What a warned or missed clock does to a CAPA: its owner is told, and the quality managers."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from complaints.capa.models import Capa, CapaAction
from complaints.operations import Firing, UnknownAction, alert
from members.actors import SYSTEM, Role
from members.acts import act
from members.queries import user_ids_with_role


def escalate_capa(*, at: datetime, firing: Firing) -> None:
    """Carry out one action of a threshold. `notify_lead` reaches the quality managers, who lead the work on causes.

    `raise_priority` changes nothing: the list of CAPAs shows by itself what is overdue. A warning that comes after
    the act is left out; of a breach people are still told. Doing it again changes nothing. Raises UnknownAction.
    """
    if not (firing.owed or firing.breached):
        return
    owner_id, reference = _about(firing.matter_id)
    told = replace(firing, title=f"{firing.title}, {reference}")
    with act(actor=SYSTEM, at=at) as this:
        match firing.action:
            case "notify_owner":
                alert(this, told, [owner_id], capa=reference)
            case "notify_lead":
                alert(this, told, user_ids_with_role(Role.QUALITY_MANAGER), capa=reference)
            case "raise_priority":
                pass
            case _:
                raise UnknownAction(firing.action)


def _about(matter_id: UUID) -> tuple[UUID, str]:
    """Return who answers for a CAPA or an action, and the CAPA's reference. Raises CapaAction.DoesNotExist."""
    capas = Capa.objects.unscoped("whom to tell about its clock").filter(pk=matter_id)
    if found := capas.values_list("owner_id", "reference").first():
        return found
    actions = CapaAction.objects.unscoped("whom to tell about its clock")
    return actions.values_list("owner_id", "capa__reference").get(pk=matter_id)
