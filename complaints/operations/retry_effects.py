"""Having effects tried again that were given up, for whoever leads the work and had their cause mended."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.correspondence.operations import MAKE_NOTICES, SEND
from complaints.enums import TimelineCode
from complaints.models import Complaint
from complaints.operations._door import note_fact
from complaints.permissions import demand
from members.actors import Actor
from members.acts import Act, act
from slas import operations as slas
from slas.models import Outbox


def retry_effects(*, actor: Actor, at: datetime, topic: str = "", pair: tuple[UUID, str] | None = None) -> int:
    """Hand given-up effects to the relay once more: one, or up to 2,000 of a topic. Return how many still were.

    The timelines of complaints tell that their e-mail or notice is tried again, and by whom. Raises ActionForbidden.
    """
    demand(actor, "retry_effects")
    with act(actor=actor, at=at) as this:
        rows = slas.retry_effects(this=this, topic=topic, pair=pair)
        _reopen_sends(this, [UUID(row.payload["dispatch"]) for row in rows if row.topic == SEND])
        _tell_of_notices(this, [row for row in rows if row.topic == MAKE_NOTICES])
    return len(rows)


def _reopen_sends(this: Act, dispatch_ids: Iterable[UUID]) -> None:
    """Take back that these sends failed for good, for what failed for good is not sent."""
    dispatches = this.lock_all(Dispatch, dispatch_ids).values()
    failed = [dispatch for dispatch in dispatches if dispatch.failed_at]
    matters = [dispatch.matter_id for dispatch in failed]
    complaints = _complaints(matters)
    for dispatch in failed:
        this.change(dispatch, failed_at=None, retried_at=this.at)
        complaint = complaints.get(dispatch.matter_id)
        if complaint is not None and dispatch.kind != DispatchKind.ALERT_DIGEST:
            note_fact(this, complaint, TimelineCode.SEND_RETRIED, {"kind": dispatch.kind})


def _tell_of_notices(this: Act, effects: Sequence[Outbox]) -> None:
    complaints = _complaints([effect.matter_id for effect in effects])
    for effect in effects:
        detail = {"clock": effect.payload["clock"]}
        note_fact(this, complaints[effect.matter_id], TimelineCode.NOTICE_RETRIED, detail)


def _complaints(matter_ids: Collection[UUID]) -> dict[UUID, Complaint]:
    return Complaint.objects.unscoped("the effects' own complaints").in_bulk(matter_ids) if matter_ids else {}
