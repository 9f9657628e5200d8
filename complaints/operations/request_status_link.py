"""Status on request (ISO 10002 7.3), for whoever complained without an account."""

import hmac
from datetime import datetime, timedelta

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.correspondence.operations import request_dispatch
from complaints.models import Complaint
from complaints.operations.submit_complaint import surname_index
from members.actors import Actor
from members.acts import act

ONE_LINK_PER = timedelta(minutes=15)
REASON = "reference and surname together are the key, and nothing is shown"


def request_status_link(*, actor: Actor, at: datetime, reference: str, surname: str) -> None:
    """Have a link to the status sent to the complaint's own address, if reference and surname belong together.

    Whether they do is told to nobody. However often it is asked for, one link goes out in a quarter of an hour.
    """
    with act(actor=actor, at=at) as this:
        named = surname_index(surname)
        rows = Complaint.objects.unscoped(REASON).filter(reference=reference, complainant_email__isnull=False)
        found = rows.values_list("pk", "surname_index").first()
        if found is None or named is None or not hmac.compare_digest(named, bytes(found[1] or b"")):
            this.record("complaint.status_link_refused")
            return
        this.lock(Complaint, found[0])
        key = f"status:{found[0]}:{int(at.timestamp() // ONE_LINK_PER.total_seconds())}"
        if not Dispatch.objects.filter(dedupe_key=key).exists():
            request_dispatch(this=this, matter_id=found[0], kind=DispatchKind.STATUS_LINK, key=key)
            this.record("complaint.status_link_requested", matter_id=found[0])
