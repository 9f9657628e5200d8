"""Why a date of a CAPA, or of one of its actions, is what it is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.capa.queries.capa_page import CapaHead, find_action, find_capa
from members.actors import Actor
from slas.explanations import Explanation, explain_clock
from slas.models import Clock, ClockState


@dataclass(frozen=True, slots=True)
class CapaWhy:
    """The explanation of one date with the CAPA that it belongs to; `action` is what is to be done, "" for the CAPA."""

    head: CapaHead
    action: str
    found: Explanation


def why_of_capa(
    *, actor: Actor, reference: str, kind: str, cycle: int, at: datetime, action_id: UUID | None = None
) -> CapaWhy | None:
    """Return why a date is what it is, None where the actor sees no such clock: four queries, six for an action.

    What was cancelled was in time, and is nobody's concern.
    """
    head = find_capa(actor=actor, reference=reference, at=at)
    action = find_action(actor=actor, reference=reference, action_id=action_id, at=at) if action_id else None
    if head is None or (action_id and action is None):
        return None
    rows = Clock.objects.filter(matter_id=action_id or head.id, kind=kind, cycle=cycle)
    clock = rows.exclude(state=ClockState.CANCELLED).first()
    if clock is None:
        return None
    return CapaWhy(head, action.description if action else "", explain_clock(clock, at=at))
