"""Carrying the plan out (ISO 9001 10.2.1 c)."""

from datetime import datetime
from uuid import UUID

from complaints.capa.models import CapaAction
from complaints.capa.operations._door import ACTION_CLOCK, demand_change, implement_if_done, lock_capa, perform
from members.actors import Actor
from members.acts import act
from slas.operations import complete_clock


def complete_action(*, actor: Actor, at: datetime, action_id: UUID) -> CapaAction:
    """Record that an action is done: its clock is met or missed, and the last one makes the CAPA implemented.

    Its owner, the CAPA's owner and quality managers may say so; doing it again changes nothing.
    Raises ActionForbidden, CapaRefused, CapaAction.DoesNotExist, Capa.DoesNotExist.
    """
    with act(actor=actor, at=at) as this:
        known = CapaAction.objects.unscoped("find its CAPA, which is locked first").only("capa_id").get(pk=action_id)
        capa = lock_capa(this, known.capa_id)
        action = this.lock(CapaAction, action_id)
        demand_change(actor, action.owner_id, capa.owner_id)
        if action.done_at:
            return action
        perform("complete_action", this=this, capa_id=capa.pk, detail={"action": str(action_id)})
        this.change(action, done_at=at, done_by_id=actor.user_id)
        complete_clock(this=this, matter_id=action_id, kind=ACTION_CLOCK, at=at)
        implement_if_done(this, capa.pk)
    return action
