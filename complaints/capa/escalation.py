"""What a warned or missed clock does to a CAPA: its owner is told, and the quality managers."""

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
    with act(actor=SYSTEM, at=at) as this:
        match firing.action:
            case "notify_owner":
                alert(this, firing, [_owner_of(firing.matter_id)])
            case "notify_lead":
                alert(this, firing, user_ids_with_role(Role.QUALITY_MANAGER))
            case "raise_priority":
                pass
            case _:
                raise UnknownAction(firing.action)


def _owner_of(matter_id: UUID) -> UUID:
    """Return who answers for a CAPA or an action. Raises CapaAction.DoesNotExist when the matter is neither."""
    capas = Capa.objects.unscoped("whom to tell about its clock").filter(pk=matter_id)
    if owner_id := capas.values_list("owner_id", flat=True).first():
        return owner_id
    return CapaAction.objects.unscoped("whom to tell about its clock").only("owner_id").get(pk=matter_id).owner_id
