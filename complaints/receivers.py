"""What the rest of the house does when a clock fires or an outbox row is due."""

from smtplib import SMTPException
from typing import Any
from uuid import UUID

from complaints.correspondence.delivery import NoAddress, send_email
from complaints.correspondence.operations import SEND, claim_dispatch, release_dispatch
from complaints.operations import record_sent, record_undeliverable
from slas.outbox import handles
from slas.queries import database_now


@handles(SEND)
def send_dispatch(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox calls with all three
    """Claim, send, record: three steps, for a mail server must not hold a transaction open."""
    dispatch_id = UUID(payload["dispatch"])
    dispatch = claim_dispatch(dispatch_id=dispatch_id, at=database_now())
    if dispatch is None:
        return
    try:
        send_email(dispatch)
    except NoAddress:
        record_undeliverable(at=database_now(), dispatch_id=dispatch_id)
    except (OSError, SMTPException):
        release_dispatch(dispatch_id=dispatch_id)
        raise
    else:
        record_sent(at=database_now(), dispatch_id=dispatch_id)
