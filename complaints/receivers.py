"""What the rest of the house does when a clock fires or an outbox row is due."""

from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import UUID

from django.dispatch import Signal, receiver

from complaints.capa.escalation import escalate_capa
from complaints.correspondence.delivery import NoAddress, send_email
from complaints.correspondence.models import Dispatch
from complaints.correspondence.operations import SEND
from complaints.operations import Firing, escalate_complaint, record_sent, record_undeliverable
from slas.outbox import handles
from slas.queries import database_now
from slas.signals import Fired, clock_breached, clock_warned

ESCALATIONS = {"complaint": escalate_complaint, "capa": escalate_capa, "capa_action": escalate_capa}

COMPLAINT_CLOCKS = frozenset({"acknowledge", "resolve", "message_reply"})

PERMANENT = 500
"""From here on an SMTP reply code says: never."""


@receiver((clock_warned, clock_breached))
def escalate(*, signal: Signal, firings: Sequence[Fired], at: datetime, **_others: Any) -> None:
    """Do what thresholds of policies ask for; the kind of the matter says who knows how."""
    for fired in firings:
        clock = fired.clock
        escalation = ESCALATIONS.get(clock.matter.kind)
        if escalation is None:
            continue
        firing = Firing(
            matter_id=clock.matter_id,
            clock_id=clock.id,
            kind=clock.kind,
            title=clock.policy.title,
            due_at=clock.due_at,
            epoch=fired.epoch,
            code=fired.code,
            breached=signal is clock_breached,
            owed=clock.is_open,
            action=fired.action,
            key=fired.key,
        )
        escalation(at=at, firing=firing)


def give_up_sending(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox passes all three
    """Say on the timeline that nobody got this e-mail."""
    record_undeliverable(at=database_now(), dispatch_id=UUID(payload["dispatch"]))


@handles(SEND, in_transaction=False, given_up=give_up_sending)
def send_dispatch(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox passes all three
    """Send, then record the proof: two steps, for a mail server must not hold a transaction open.

    What the server does not take for now is raised, so that the outbox tries again.
    """
    dispatch = Dispatch.objects.select_related("to_user").get(pk=UUID(payload["dispatch"]))
    if dispatch.sent_at or dispatch.failed_at:
        return
    try:
        send_email(dispatch, at=database_now())
    except NoAddress:
        record_undeliverable(at=database_now(), dispatch_id=dispatch.pk)
    except SMTPRecipientsRefused as refused:
        if not _is_for_good(refused):
            raise
        record_undeliverable(at=database_now(), dispatch_id=dispatch.pk)
    else:
        record_sent(at=database_now(), dispatch_id=dispatch.pk)


def _is_for_good(refused: SMTPRecipientsRefused) -> bool:
    """Tell whether trying again is of no use: a 4yz reply, as of greylisting, asks for it (RFC 5321, 4.2.1)."""
    return all(code >= PERMANENT for code, _words in refused.recipients.values())
