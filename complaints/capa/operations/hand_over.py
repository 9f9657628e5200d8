"""Handing work over (ISO 9001 5.3): people leave, and what they own must not stand still for it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import Capa, CapaAction
from complaints.capa.operations._door import demand_change, lock_capa, perform
from complaints.capa.operations._owners import check_capa_owner, check_owner
from complaints.correspondence.models import DispatchKind
from complaints.correspondence.operations import request_dispatch
from members.actors import Actor
from members.acts import Act, act


def hand_over_capa(*, actor: Actor, at: datetime, capa_id: UUID, owner_id: UUID) -> Capa:
    """Give an open CAPA to another owner, who is told by e-mail; its actions stay with whoever does them.

    To the owner, it changes nothing. Its owner and quality managers may do so.
    Raises ActionForbidden, CapaRefused, Capa.DoesNotExist.
    """
    with act(actor=actor, at=at) as this:
        capa = lock_capa(this, capa_id)
        demand_change(actor, capa.owner_id)
        if capa.owner_id == owner_id:
            return capa
        check_capa_owner(owner_id)
        if capa.planned_by_id == owner_id:
            words = _("This person approved the plan. Choose somebody who did not.")
            raise CapaRefused(words, field="owner_id")
        detail = {"from": str(capa.owner_id), "to": str(owner_id)}
        perform("hand_over", this=this, capa_id=capa_id, detail=detail, owner_id=owner_id)
        _tell_new_owner(this, capa_id, owner_id, what="CAPA", capa=capa.reference)
        return capa


def hand_over_action(*, actor: Actor, at: datetime, action_id: UUID, owner_id: UUID) -> CapaAction:
    """Give an action that is not done to somebody else, who is told by e-mail; the date stays.

    To the owner, it changes nothing. Its owner, the CAPA's owner and quality managers may do so.
    Raises ActionForbidden, CapaRefused, CapaAction.DoesNotExist, Capa.DoesNotExist.
    """
    with act(actor=actor, at=at) as this:
        known = CapaAction.objects.unscoped("find its CAPA, which is locked first").only("capa_id").get(pk=action_id)
        capa = lock_capa(this, known.capa_id)
        action = this.lock(CapaAction, action_id)
        demand_change(actor, action.owner_id, capa.owner_id)
        if action.owner_id == owner_id:
            return action
        if action.done_at:
            raise CapaRefused(_("This action is done: there is nothing left to hand over."))
        check_owner(owner_id)
        detail = {"action": str(action_id), "from": str(action.owner_id), "to": str(owner_id)}
        perform("hand_over_action", this=this, capa_id=capa.pk, detail=detail)
        this.change(action, owner_id=owner_id)
        _tell_new_owner(this, action_id, owner_id, what="an action of", capa=capa.reference)
    return action


def _tell_new_owner(this: Act, matter_id: UUID, owner_id: UUID, **about: str) -> None:
    """Ask for an e-mail to the new owner, unless it is who acts."""
    if owner_id != this.actor.user_id:
        request_dispatch(
            this=this,
            matter_id=matter_id,
            kind=DispatchKind.HANDED_OVER,
            key=f"handed_over:{matter_id}:{owner_id}:{this.at.isoformat()}",
            to_user_id=owner_id,
            detail={"by": this.actor.label} | about,
        )
