"""The effectiveness check (ISO 9001 10.2.1 d): did what was done remove the cause?"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.capa.enums import Verdict
from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import Capa
from complaints.capa.operations._door import perform
from complaints.permissions import demand
from members.actors import Actor
from members.acts import act


def verify_effectiveness(*, actor: Actor, at: datetime, capa_id: UUID, verdict: Verdict, reason: str) -> Capa:
    """Judge an implemented CAPA against its criterion, and say what shows it. The owner cannot judge it.

    Meets the clock of the check. Raises ActionForbidden, CapaRefused, Capa.DoesNotExist.
    """
    demand(actor, "change_capa")
    if not reason.strip():
        raise CapaRefused(_("Say what shows it: figures, cases, records."), field="reason")
    with act(actor=actor, at=at) as this:
        detail = {"verdict": verdict}
        return perform(f"verify_{verdict}", this=this, capa_id=capa_id, detail=detail, verdict_reason=reason.strip())
