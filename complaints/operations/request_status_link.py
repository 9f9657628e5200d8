"""Status on request (ISO 10002 7.3), for whoever complained without an account."""

from datetime import datetime, timedelta

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.correspondence.operations import request_dispatch
from complaints.models import Complaint
from complaints.operations._surnames import is_surname_of
from members.accounts.throttle import Counter
from members.actors import Actor
from members.acts import act

ONE_LINK_PER = timedelta(minutes=15)
BY_ADDRESS = Counter("status.address", limit=20, window=timedelta(minutes=15))
BY_REFERENCE = Counter("status.reference", limit=5, window=timedelta(minutes=15))
REASON = "reference and surname together are the key, and nothing is shown"


class TooManyGuesses(Exception):
    """So many names were tried from one network address, or for one reference, that they are looked up no more."""


def request_status_link(*, actor: Actor, at: datetime, reference: str, surname: str, address: str) -> None:
    """Have a link to the status sent to the complaint's own address, if reference and surname belong together.

    Whether they do is told to nobody: right and wrong ones count alike. However often it is asked for, one link goes
    out in a quarter of an hour. Raises TooManyGuesses, and CounterAway: what cannot be counted is not looked up.
    """
    allowed = BY_ADDRESS.take(address) and BY_REFERENCE.take(reference)
    with act(actor=actor, at=at) as this:
        rows = Complaint.objects.unscoped(REASON).filter(reference=reference, complainant_email__isnull=False)
        found = rows.values_list("pk", "surname_indexes").first() if allowed else None
        if found is None or not is_surname_of(found[0], found[1], surname):
            this.record("complaint.status_link_refused", detail={"reason": "unknown" if allowed else "limit"})
        else:
            this.lock(Complaint, found[0])
            key = f"status:{found[0]}:{int(at.timestamp() // ONE_LINK_PER.total_seconds())}"
            if not Dispatch.objects.filter(dedupe_key=key).exists():
                request_dispatch(this=this, matter_id=found[0], kind=DispatchKind.STATUS_LINK, key=key)
                this.record("complaint.status_link_requested", matter_id=found[0])
    if not allowed:
        raise TooManyGuesses
