"""What stands at the top of a case, on its page and on the page of each act."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from complaints.enums import OPEN_STATES, Language, Priority, State, Topic, Track
from complaints.models import Complaint
from complaints.promises import due_in_full
from complaints.queries.openings import RestrictionOnShow, restriction_of
from complaints.reference import read_reference
from complaints.time_left import TimeLeft, time_left
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.models import Clock, ClockState
from slas.versions import zone_of

TONES = MappingProxyType(
    {
        State.RECEIVED: "new",
        State.ACKNOWLEDGED: "new",
        State.ASSESSED: "soon",
        State.INVESTIGATED: "soon",
        State.DECIDED: "ok",
        State.CLOSED: "ok",
        State.WITHDRAWN: "pause",
    }
)
ENDED = (ClockState.MET, ClockState.MISSED)


@dataclass(frozen=True, slots=True)
class ClockFace:
    """One promise: what is owed, its date in words, how much time is left or whether it was kept, and its clause."""

    kind: str
    cycle: int
    title: str
    due: str
    clause: str
    is_open: bool
    time_left: TimeLeft | None


@dataclass(frozen=True, slots=True)
class CaseHead:
    """Who complains about what, where it stands, who has it and what is due."""

    id: UUID
    reference: str
    name: str
    topic: str
    state: State
    tone: str
    is_open: bool
    track: str
    priority: Priority
    language: str
    language_name: str
    owner: str
    owner_id: UUID | None
    is_mine: bool
    clocks: tuple[ClockFace, ...]
    restriction: RestrictionOnShow | None


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """The head of a case and the complainant's own words."""

    head: CaseHead
    narrative: str
    desired_outcome: str


def find_case(*, actor: Actor, reference: str) -> Complaint | None:
    """Return the complaint with this reference with its owner, still sealed, if the actor may see it at work."""
    rows = Complaint.objects.visible_to(actor.as_staff()).select_related("owner")
    return rows.filter(reference=read_reference(reference)).first()


def read_brief(complaint: Complaint, *, actor: Actor, at: datetime) -> CaseBrief:
    """Return what somebody needs to see while acting on a case: one query and the record of the opening."""
    clocks = clocks_on_show(complaint)
    with phi_access(actor=actor, purpose=Purpose.CASE, at=at):
        head = head_of(complaint, clocks, actor=actor, at=at)
        return CaseBrief(head, complaint.narrative, complaint.desired_outcome or "")


def clocks_on_show(complaint: Complaint) -> list[Clock]:
    """Return the clocks of a complaint with their policies, open ones first, and each broken promise of before.

    What was cancelled was in time, and is nobody's concern.
    """
    rows = Clock.objects.filter(matter_id=complaint.pk).exclude(state=ClockState.CANCELLED)
    return list(rows.select_related("policy").order_by("state", "due_at"))


def head_of(complaint: Complaint, clocks: list[Clock], *, actor: Actor, at: datetime) -> CaseHead:
    """Put the head together; the name opens, so call it inside `phi_access`."""
    return CaseHead(
        id=complaint.pk,
        reference=complaint.reference,
        name=complaint.complainant_name or "",
        topic=str(Topic(complaint.topic).label),
        state=State(complaint.state),
        tone=TONES[State(complaint.state)],
        is_open=complaint.state in OPEN_STATES,
        track=str(Track(complaint.track).label),
        priority=Priority(complaint.priority),
        language=complaint.language,
        language_name=Language(complaint.language).label,
        owner=str(complaint.owner or ""),
        owner_id=complaint.owner_id,
        is_mine=complaint.owner_id is not None and complaint.owner_id == actor.user_id,
        clocks=tuple(clock_face(clock, at) for clock in clocks),
        restriction=restriction_of(complaint, actor=actor),
    )


def clock_face(clock: Clock, at: datetime) -> ClockFace:
    """Return a clock as it is shown at a moment."""
    return ClockFace(
        kind=clock.kind,
        cycle=clock.cycle,
        title=clock.policy.title,
        due=due_in_full(clock.due_at, zone_of(clock)),
        clause=clock.policy.clause,
        is_open=clock.is_open,
        time_left=time_left(
            due_at=clock.due_at,
            now=at,
            met_at=clock.ended_at if clock.state in ENDED else None,
            paused=clock.state == ClockState.PAUSED,
        ),
    )
