"""The mail of the past: what was to be sent then counts as sent then, and nothing of it is sent now."""

from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Dispatch
from complaints.operations import record_sent
from members.actors import SYSTEM
from members.acts import act


def mail_goes_out(*, complaint_id: UUID, at: datetime) -> None:
    """Record the mail server's acceptance of every e-mail that was asked for in this batch, with what that proves."""
    with act(actor=SYSTEM, at=at) as this:
        for dispatch in this.held(Dispatch, matter_id=complaint_id):
            record_sent(at=at, dispatch_id=dispatch.pk)
