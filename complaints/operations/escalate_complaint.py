"""What a warned or missed clock does to a complaint: who is told, and how far up the queue it goes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.correspondence.operations import request_dispatch
from complaints.enums import Audience, Priority, TimelineCode
from complaints.models import Complaint, TimelineEntry
from complaints.operations._door import note_fact
from members.actors import SYSTEM, Role
from members.acts import Act, act
from members.identifiers import id_for
from members.queries import user_ids_with_role


@dataclass(frozen=True, slots=True)
class Firing:
    """One threshold that a clock has passed, and one thing to do about it."""

    matter_id: UUID
    clock_id: UUID
    kind: str
    title: str
    due_at: datetime
    epoch: int
    code: int
    breached: bool
    owed: bool
    action: str
    key: str


class UnknownAction(ValueError):
    """A policy pack asks for something that complaints cannot do."""


def escalate_complaint(*, at: datetime, firing: Firing) -> None:
    """Carry out one action of a threshold: `notify_owner`, `notify_lead` or `raise_priority`.

    The timeline tells of the threshold once, whichever of its actions comes first; doing an action again changes
    nothing. Once the answer was given (`owed` is False), a warning has lost its sense, and of a breach people are still
    told. Raises UnknownAction.
    """
    with act(actor=SYSTEM, at=at) as this:
        complaint = this.lock(Complaint, firing.matter_id)
        _tell_timeline(this, complaint, firing)
        if not (firing.owed or firing.breached):
            return
        match firing.action:
            case "notify_owner" if complaint.owner_id:
                alert(this, firing, [complaint.owner_id])
            case "notify_owner" | "notify_lead":
                alert(this, firing, user_ids_with_role(Role.LEAD))
            case "raise_priority":
                _raise_priority(this, complaint, firing)
            case _:
                raise UnknownAction(firing.action)


def alert(this: Act, firing: Firing, user_ids: list[UUID], **about: str) -> None:
    """Ask for one e-mail to each of these people: one per threshold, however many of its actions name the person.

    `about` holds codes by which the e-mail finds what to link to, where that is no complaint.
    """
    threshold = f"alert:{firing.clock_id}:{firing.epoch}:{firing.code}"
    keys = {f"{threshold}:{user_id}": user_id for user_id in user_ids}
    detail = {"title": firing.title, "due_at": firing.due_at.isoformat(), "breached": firing.breached}
    asked = set(Dispatch.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    for key, user_id in keys.items():
        if key not in asked:
            request_dispatch(
                this=this,
                matter_id=firing.matter_id,
                kind=DispatchKind.CLOCK_ALERT,
                key=key,
                to_user_id=user_id,
                detail=detail | about,
            )


def _tell_timeline(this: Act, complaint: Complaint, firing: Firing) -> None:
    entry_id = id_for(firing.clock_id, f"{firing.epoch}:{firing.code}")
    if TimelineEntry.objects.unscoped("whether this firing was told").filter(pk=entry_id).exists():
        return
    code = TimelineCode.CLOCK_BREACHED if firing.breached else TimelineCode.CLOCK_WARNED
    detail = {"clock": firing.kind, "code": firing.code}
    this.add(
        TimelineEntry(
            id=entry_id,
            complaint_id=complaint.pk,
            at=this.at,
            code=code,
            audience=Audience.STAFF,
            actor_label=this.actor.label,
            detail=detail,
        )
    )
    this.record(
        f"complaint.{code}", matter_id=complaint.pk, object_type="clock", object_id=firing.clock_id, detail=detail
    )


def _raise_priority(this: Act, complaint: Complaint, firing: Firing) -> None:
    if complaint.is_open and complaint.priority < Priority.URGENT and firing.key not in _raised_by(complaint):
        this.change(complaint, priority=complaint.priority + 1)
        note_fact(this, complaint, TimelineCode.PRIORITY_RAISED, {"key": firing.key, "to": complaint.priority})


def _raised_by(complaint: Complaint) -> set[str]:
    entries = TimelineEntry.objects.unscoped("what raised this complaint before")
    raised = entries.filter(complaint_id=complaint.pk, code=TimelineCode.PRIORITY_RAISED)
    return set(raised.values_list("detail__key", flat=True))
