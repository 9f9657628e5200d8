"""Initial assessment (ISO 10002 7.5): six axes pick the track, and the track its clocks."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from complaints.enums import Level, LineOfBusiness, Priority, Track
from complaints.models import Assessment, Complaint
from complaints.obligations import bind_anew
from complaints.operations._door import lock_complaint, perform, written_before
from complaints.operations.acknowledge_complaint import request_named_acknowledgement
from complaints.operations.start_clocks import CLOCKS
from members.actors import Actor
from members.acts import Act, act
from members.identifiers import new_id
from slas.models import Matter
from slas.operations import replace_clock


class OverrideNeedsReason(ValueError):
    """The chosen track is not the suggested one, and nobody said why."""


@dataclass(frozen=True, slots=True)
class Axes:
    """The six axes of ISO 10002 7.5."""

    severity: Level
    safety: Level
    complexity: Level
    impact: Level
    immediate_action_needed: bool
    immediate_action_possible: bool


def suggest_track(axes: Axes) -> Track:
    """Return the track the axes call for: danger is expedited, what is intricate or touches many is complex."""
    if axes.safety == Level.HIGH or axes.immediate_action_needed:
        return Track.EXPEDITED
    if axes.complexity == Level.HIGH or (axes.complexity == Level.MODERATE and axes.impact == Level.HIGH):
        return Track.COMPLEX
    return Track.STANDARD


def assess_complaint(
    *,
    actor: Actor,
    at: datetime,
    complaint_id: UUID,
    axes: Axes,
    track: Track | None = None,
    override_reason: str = "",
    line_of_business: LineOfBusiness | None = None,
    key: UUID | None = None,
) -> Complaint:
    """Assess a complaint. A track other than the suggested one needs a reason, which is kept.

    A changed track replaces those open clocks for which it has other terms; the new ones run from the same receipt, and
    what was overdue has been missed. The expedited track makes the complaint urgent, and leaving it takes that away;
    a receipt that is not confirmed yet is then confirmed by an e-mail that names the owner.
    `line_of_business` is the kind of coverage as it is known now, None if nothing new is known; it and the track pick
    the laws that bind the complaint, whose clocks run from the same receipt.
    The same `key` twice is one assessment.
    Raises OverrideNeedsReason, TransitionRefused, ActionForbidden.
    """
    suggested = suggest_track(axes)
    chosen = track or suggested
    if chosen != suggested and not override_reason.strip():
        raise OverrideNeedsReason
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if written_before(Assessment, key, complaint):
            return complaint
        before, line = complaint.track, line_of_business or complaint.line_of_business
        assessment = Assessment(
            id=key or new_id(),
            complaint_id=complaint_id,
            **asdict(axes),
            suggested_track=suggested,
            track=chosen,
            override_reason=override_reason.strip() or None,
            assessed_by=actor.user_id,
            assessed_at=at,
        )
        perform(
            "assess",
            this=this,
            complaint_id=complaint_id,
            adds=assessment,
            detail={"track": chosen, "line_of_business": line},
            track=chosen,
            line_of_business=line,
        )
        matter = this.lock(Matter, complaint.pk)
        bind_anew(this, complaint, matter)
        if chosen != before:
            _replace_clocks(this, complaint, matter)
            request_named_acknowledgement(this, complaint)
        if (priority := _priority(complaint, before)) != complaint.priority:
            this.change(complaint, priority=priority)
    return complaint


def _priority(complaint: Complaint, before: str) -> int:
    if complaint.track == Track.EXPEDITED:
        return Priority.URGENT
    return Priority.NORMAL if before == Track.EXPEDITED else complaint.priority


def _replace_clocks(this: Act, complaint: Complaint, matter: Matter) -> None:
    for kind in CLOCKS:
        replace_clock(this=this, matter=matter, kind=kind, track=complaint.track, reason=f"track {complaint.track}")
