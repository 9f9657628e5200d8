"""What became of a send: the proof moves the complaint on, a failure is somebody's task."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import TimelineCode
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.operations._door import lock_complaint, note_fact
from complaints.operations.acknowledge_complaint import acknowledge_complaint, keeps_promise
from complaints.operations.inform_member import inform_member
from members.actors import SYSTEM
from members.acts import Act, act


def record_sent(*, at: datetime, dispatch_id: UUID) -> None:
    """Record that the mail server accepted the e-mail, and do what that proves unless the complaint has ended.

    The proof wins over a failure that was recorded while the e-mail was on its way; the timeline then tells of it.
    """
    with act(actor=SYSTEM, at=at) as this:
        dispatch = this.lock(Dispatch, dispatch_id)
        if dispatch.sent_at:
            return
        if dispatch.failed_at:
            _tell(this, dispatch, TimelineCode.SEND_ARRIVED)
        this.change(dispatch, sent_at=at, failed_at=None)
        this.record(
            "mail.sent",
            matter_id=dispatch.matter_id,
            object_type="dispatch",
            object_id=dispatch.pk,
            detail={"kind": dispatch.kind},
        )
        # A refusal must not undo the proof of sending: the outbox would send the e-mail again.
        with suppress(TransitionRefused):
            if dispatch.kind == DispatchKind.ACKNOWLEDGEMENT:
                if keeps_promise(dispatch, lock_complaint(this, dispatch.matter_id)):
                    acknowledge_complaint(actor=SYSTEM, at=at, complaint_id=dispatch.matter_id, proof="email")
            elif dispatch.kind == DispatchKind.LETTER_READY:
                inform_member(actor=SYSTEM, at=at, complaint_id=dispatch.matter_id, proof="email")


def record_undeliverable(*, at: datetime, dispatch_id: UUID) -> None:
    """Record that a send was given up. The timeline says so, for the member now has to be reached another way."""
    with act(actor=SYSTEM, at=at) as this:
        dispatch = this.lock(Dispatch, dispatch_id)
        if dispatch.sent_at or dispatch.failed_at:
            return
        this.change(dispatch, failed_at=at)
        _tell(this, dispatch, TimelineCode.SEND_FAILED)


def _tell(this: Act, dispatch: Dispatch, fact: TimelineCode) -> None:
    """Tell the timeline of the complaint; a dispatch of a CAPA has none."""
    complaint = Complaint.objects.unscoped("the send's own complaint").filter(pk=dispatch.matter_id).first()
    if complaint is not None:
        note_fact(this, complaint, fact, {"kind": dispatch.kind})
