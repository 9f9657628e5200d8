"""Where a letter reaches the complainant: often it is not asked for until there is one to send."""

from datetime import datetime
from uuid import UUID

from complaints.models import Complaint
from complaints.operations._door import perform
from complaints.search.index import index_address
from members.actors import Actor
from members.acts import act


def record_address(*, actor: Actor, at: datetime, complaint_id: UUID, postal_address: str) -> Complaint:
    """Record the postal address that the complainant told us, in place of the one before. Raises TransitionRefused."""
    with act(actor=actor, at=at) as this:
        complaint = perform("record_address", this=this, complaint_id=complaint_id, postal_address=postal_address)
        index_address(this, complaint_id, postal_address)
    return complaint
