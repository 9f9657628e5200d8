"""What the rest of the house does when a clock fires or an outbox row is due."""

from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import UUID

from complaints.correspondence.delivery import NoAddress, send_email
from complaints.correspondence.models import Dispatch
from complaints.correspondence.operations import SEND
from complaints.operations import record_sent, record_undeliverable
from slas.outbox import handles
from slas.queries import database_now


@handles(SEND, in_transaction=False)
def send_dispatch(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox passes all three
    """Send, then record the proof: two steps, for a mail server must not hold a transaction open."""
    dispatch = Dispatch.objects.select_related("to_user").get(pk=UUID(payload["dispatch"]))
    if dispatch.sent_at or dispatch.failed_at:
        return
    try:
        send_email(dispatch, at=database_now())
    except (NoAddress, SMTPRecipientsRefused):
        record_undeliverable(at=database_now(), dispatch_id=dispatch.pk)
    else:
        record_sent(at=database_now(), dispatch_id=dispatch.pk)
