"""Waiting for the member: the house's own clock stands still, with a reason that the member is told. No law's does."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.correspondence.models import Message
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.operations._door import lock_complaint, perform, written_before
from complaints.operations._refusals import as_refusal
from complaints.operations.exchange_messages import ANSWER, WAITING, send_message
from members.actors import Actor
from members.acts import act
from slas.operations import ClockRefused, pause_clock, resume_clock


def wait_for_member(
    *, actor: Actor, at: datetime, complaint_id: UUID, question: str, key: UUID | None = None
) -> Complaint:
    """Ask the member for what is missing, and stop the clock of our answer until the member writes.

    Clocks of law go on. The same `key` twice asks once. Raises ActionForbidden; TransitionRefused where the clock never
    pauses, was due already or waits already, and where the member could not read the question here.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if written_before(Message, key, complaint):
            return complaint
        perform("wait_for_member", this=this, complaint_id=complaint_id, detail={"clock": ANSWER})
        try:
            paused = pause_clock(this=this, matter_id=complaint_id, kind=ANSWER, at=at, reason=WAITING)
        except ClockRefused as refused:
            raise as_refusal(refused) from None
        if paused is None:
            raise TransitionRefused(_("Nothing is owed any more that could wait."))
        send_message(actor=actor, at=at, complaint_id=complaint_id, body=question, key=key)
    return complaint


def stop_waiting(*, actor: Actor, at: datetime, complaint_id: UUID) -> Complaint:
    """Go on without the member's answer: the due date moves by the time that was waited.

    Raises ActionForbidden; TransitionRefused where nothing waits.
    """
    with act(actor=actor, at=at) as this:
        complaint = perform("stop_waiting", this=this, complaint_id=complaint_id, detail={"clock": ANSWER})
        try:
            resume_clock(this=this, matter_id=complaint_id, kind=ANSWER, at=at)
        except ClockRefused as refused:
            raise as_refusal(refused) from None
    return complaint
