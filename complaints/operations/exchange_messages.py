"""Secure messages: both sides write here; e-mail only says that there is something to read."""

from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Direction, DispatchKind, Message
from complaints.correspondence.operations import request_dispatch
from complaints.enums import TimelineCode
from complaints.models import Complaint
from complaints.operations._disclosing import disclose_to_filer
from complaints.operations._door import demand_scope, lock_complaint, note_fact, written_before
from complaints.operations._reach import demand_reader_of_messages
from complaints.permissions import demand
from complaints.search.index import index_text
from members.actors import Actor, Scope
from members.acts import Act, act
from members.disclosures.vocabulary import Way
from members.identifiers import new_id
from slas.models import ClockState, Matter
from slas.operations import complete_clock, latest_clock, open_clock, reopen_clock, resume_clock, start_clock

REPLY = "message_reply"
FOLLOW_UP = "follow_up"
ANSWER, WAITING = "resolve", "waiting_for_member"


def send_message(*, actor: Actor, at: datetime, complaint_id: UUID, body: str, key: UUID | None = None) -> Message:
    """Write to the other side. A member's message starts the clock of our reply; our message meets it.

    Ours also keeps what a letter of delay promised, and the member's ends a wait for it. Messages are possible on ended
    complaints too, for that is how a member says that it is not solved. Whoever writes on the own complaint writes as
    the member, staff or not. The same `key` twice is one message.
    Raises ActionForbidden, Complaint.DoesNotExist; TransitionRefused when the member could not read it here.
    """
    demand(actor, "message")
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        demand_scope(complaint, actor, Scope.WRITE)
        if before := written_before(Message, key, complaint):
            return before
        from_staff = not complaint.is_own_of(actor)
        if from_staff:
            demand(actor.as_staff(), "message")
            demand_reader_of_messages(complaint, at=at)
        message = Message(
            id=key or new_id(),
            complaint_id=complaint.pk,
            direction=Direction.TO_MEMBER if from_staff else Direction.FROM_MEMBER,
            body=body,
            author_id=actor.user_id,
            author_label=actor.label,
            sent_at=at,
        )
        this.add(message)
        index_text(this, message)
        note_fact(this, complaint, TimelineCode.MESSAGE_SENT if from_staff else TimelineCode.MESSAGE_RECEIVED)
        if from_staff:
            disclose_to_filer(this, complaint, message, way=Way.PORTAL)
            for kind in (REPLY, FOLLOW_UP):
                complete_clock(this=this, matter_id=complaint.pk, kind=kind, at=at)
            request_dispatch(
                this=this, matter_id=complaint.pk, kind=DispatchKind.MESSAGE_READY, key=f"message:{message.pk}"
            )
        else:
            _owe_reply(this, complaint)
            _go_on(this, complaint)
    return message


def _owe_reply(this: Act, complaint: Complaint) -> None:
    """Let the clock of our reply run from now, unless it runs since an earlier message."""
    latest = latest_clock(this=this, matter_id=complaint.pk, kind=REPLY)
    if latest is None:
        matter = this.lock(Matter, complaint.pk)
        start_clock(this=this, matter=matter, obligation=REPLY, track=complaint.track, started_at=this.at)
    elif not latest.is_open:
        reopen_clock(this=this, matter_id=complaint.pk, kind=REPLY, at=this.at)


def _go_on(this: Act, complaint: Complaint) -> None:
    """Let the clock of our answer run again that waited for the member to write."""
    waiting = open_clock(this=this, matter_id=complaint.pk, kind=ANSWER)
    if waiting and waiting.state == ClockState.PAUSED:
        resume_clock(this=this, matter_id=complaint.pk, kind=ANSWER, at=this.at)
        note_fact(this, complaint, TimelineCode.CLOCK_RESUMED, {"clock": ANSWER})
