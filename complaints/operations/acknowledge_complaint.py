"""Acknowledgement (ISO 10002 7.4): the clock stops on proof of sending, not on intent.

On the expedited track the promise is a named case manager on the same day. The e-mail that goes out at once names
nobody yet and therefore does not keep it; a second one, or a call, does once somebody has the complaint.
"""

from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.correspondence.operations import request_dispatch
from complaints.enums import State, Track
from complaints.models import Complaint
from complaints.operations._door import lock_complaint, perform
from members.actors import Actor
from members.acts import Act, act


def acknowledge_complaint(*, actor: Actor, at: datetime, complaint_id: UUID, proof: str) -> Complaint:
    """Record that the complainant was told, by e-mail, phone or post, that we have the complaint.

    `proof` is a code or id of what shows it: "email", "phone", "post". Acknowledging twice changes nothing; after
    the work has begun, the state stays as it is. Raises TransitionRefused once the complaint has ended,
    and on the expedited track as long as nobody has it.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if complaint.acknowledged_at:
            return complaint
        name = "acknowledge" if complaint.state == State.RECEIVED else "acknowledge_late"
        return perform(name, this=this, complaint_id=complaint_id, detail={"proof": proof})


def request_acknowledgement(this: Act, complaint: Complaint) -> None:
    """Ask for the e-mail that confirms receipt; it names the owner as case manager, if there is one."""
    detail = {"case_manager": str(complaint.owner_id)} if complaint.owner_id else {}
    key = ":".join(("acknowledge", str(complaint.pk), *detail.values()))
    if not (complaint.owner_id and Dispatch.objects.filter(dedupe_key=key).exists()):
        request_dispatch(this=this, matter_id=complaint.pk, kind=DispatchKind.ACKNOWLEDGEMENT, key=key, detail=detail)


def request_named_acknowledgement(this: Act, complaint: Complaint) -> None:
    """Ask for the e-mail that names the case manager, where that is still owed and there is an address."""
    if complaint.track == Track.EXPEDITED and not complaint.acknowledged_at and complaint.has_email:
        request_acknowledgement(this, complaint)


def keeps_promise(dispatch: Dispatch, complaint: Complaint) -> bool:
    """Tell whether this e-mail, once sent, is the confirmation that the complaint's track promises."""
    return complaint.track != Track.EXPEDITED or "case_manager" in dispatch.detail
