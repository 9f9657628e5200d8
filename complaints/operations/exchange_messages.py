"""Secure messages: both sides write here; e-mail only says that there is something to read."""

from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Direction, DispatchKind, Message
from complaints.correspondence.operations import request_dispatch
from complaints.enums import TimelineCode
from complaints.operations._door import lock_complaint, note_fact
from complaints.permissions import demand
from members.actors import Actor
from members.acts import act
from slas.models import Matter
from slas.operations import complete_clock, open_clock, start_clock

REPLY = "message_reply"


def send_message(*, actor: Actor, at: datetime, complaint_id: UUID, body: str) -> Message:
    """Write to the other side. A member's message starts the clock of our reply; our message meets it.

    Messages are possible on ended complaints too, for that is how a member says that it is not solved.
    Raises ActionForbidden, Complaint.DoesNotExist.
    """
    demand(actor, "message")
    from_staff = actor.is_staff
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        message = Message(
            complaint_id=complaint.pk,
            direction=Direction.TO_MEMBER if from_staff else Direction.FROM_MEMBER,
            body=body,
            author_id=actor.user_id,
            author_label=actor.label,
            sent_at=at,
        )
        this.add(message)
        note_fact(this, complaint, TimelineCode.MESSAGE_SENT if from_staff else TimelineCode.MESSAGE_RECEIVED)
        if from_staff:
            complete_clock(this=this, matter_id=complaint.pk, kind=REPLY, at=at)
            request_dispatch(
                this=this, matter_id=complaint.pk, kind=DispatchKind.MESSAGE_READY, key=f"message:{message.pk}"
            )
        elif open_clock(this=this, matter_id=complaint.pk, kind=REPLY) is None:
            matter = this.lock(Matter, complaint.pk)
            start_clock(this=this, matter=matter, obligation=REPLY, track=complaint.track, started_at=at)
    return message
