"""Root cause analysis (ISO 10002 8.2): what in our own work made the complaint happen."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.capa.causes import demand_cause
from complaints.capa.lifecycle import ANALYSED, CapaRefused
from complaints.capa.models import RootCause
from complaints.enums import TimelineCode
from complaints.lifecycle import is_not_about_oneself
from complaints.models import Complaint
from complaints.operations import lock_complaint, note_fact
from complaints.permissions import demand
from members.actors import Actor, ActorKind
from members.acts import Act, act


def record_root_cause(
    *, actor: Actor, at: datetime, complaint_id: UUID, cause: str, explanation: str = "", source_label: str = ""
) -> RootCause:
    """Record a cause of a complaint that is decided or closed; a replay of history may record it at any time.

    A complaint may have several causes. The same cause under the same label of its source is recorded once: doing it
    again returns the row that is there. Raises ActionForbidden, UnknownCause, CapaRefused, Complaint.DoesNotExist.
    """
    demand(actor, "record_root_cause")
    demand_cause(cause)
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if refusal := is_not_about_oneself(complaint, actor):
            raise CapaRefused(refusal)
        if complaint.state not in ANALYSED and actor.kind is not ActorKind.IMPORT:
            raise CapaRefused(_("A root cause can be recorded once the complaint is decided."))
        if known := _recorded(this, complaint, cause, source_label):
            return known
        root_cause = RootCause(
            complaint_id=complaint_id,
            cause=cause,
            source_label=source_label,
            explanation=explanation.strip() or None,
            recorded_by_id=actor.user_id,
            recorded_at=at,
        )
        this.add(root_cause)
        note_fact(this, complaint, TimelineCode.ROOT_CAUSE_RECORDED, {"cause": cause})
    return root_cause


def _recorded(this: Act, complaint: Complaint, cause: str, source_label: str) -> RootCause | None:
    """Return the same cause if it is recorded. A complaint that is not written yet needs no query."""
    same = {"cause": cause, "source_label": source_label}
    if held := this.held(RootCause, matter_id=complaint.pk, **same):
        return held[0]
    if complaint._state.adding:  # noqa: SLF001 -- Django's own mark of an unwritten row, documented for factories
        return None
    return RootCause.objects.unscoped("whether it is recorded").filter(complaint=complaint, **same).first()
