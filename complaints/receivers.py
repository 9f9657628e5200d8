"""What the rest of the house does when a clock fires or an outbox row is due."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from complaints.capa.escalation import escalate_capas
from complaints.correspondence.delivery import NoAddress, NoLongerTheirs, send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.correspondence.operations import SEND, START_CLOCKS
from complaints.operations import (
    close_digest,
    escalate_complaints,
    record_sent,
    record_undeliverable,
    record_withheld,
)
from complaints.operations.settle_gone_files import settle_gone_files
from complaints.operations.start_clocks import start_late_clocks
from complaints.retention.replay import replay_after_restore
from members.backup.signals import DoneAgain, restored
from slas.outbox import handles, hold_back_outside
from slas.queries import database_now
from slas.signals import Fired, clock_breached, clock_warned

ESCALATIONS = {"complaint": escalate_complaints, "capa": escalate_capas, "capa_action": escalate_capas}

PERMANENT = 500
"""From here on an SMTP reply code says: never."""


@receiver((clock_warned, clock_breached))
def escalate(*, firings: Sequence[Fired], at: datetime, **_others: Any) -> None:
    """Do what thresholds of policies ask for; the kind of the matter says who knows how."""
    by_escalation = defaultdict(list)
    for fired in firings:
        if escalation := ESCALATIONS.get(fired.clock.matter.kind):
            by_escalation[escalation].append(fired)
    for escalation, told in by_escalation.items():
        escalation(at=at, firings=told)


@receiver(restored)
def hold_back_email(*, at: datetime, **_others: Any) -> DoneAgain:
    """Send nothing twice: what was waiting when the backup was made may have gone out since."""
    return DoneAgain({"held_back": hold_back_outside(at)})


@receiver(restored)
def do_again(*, at: datetime, without_ledger: bool, **_others: Any) -> DoneAgain:
    """Erase what was erased since; what then lacks a file that went while the backup was taken was not erased."""
    done = replay_after_restore(at=at, without_ledger=without_ledger)
    settled = settle_gone_files(at=at)
    lost = [f"File {key} was lost while the backup was taken: look for it in an older one." for key in settled.lost]
    return DoneAgain(done.counts | {"files_removed": settled.removed}, done.to_do + lost, done.to_know)


@handles(START_CLOCKS)
def start_late(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox passes all three
    """Start what could not start at receipt; as long as it still cannot, that is raised, shown and tried again."""
    start_late_clocks(at=database_now(), complaint_id=matter_id)


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
    if dispatch.kind == DispatchKind.ALERT_DIGEST:
        dispatch.detail = close_digest(at=database_now(), dispatch_id=dispatch.pk)
    try:
        send_email(dispatch, at=database_now())
    except NoLongerTheirs:
        record_withheld(at=database_now(), dispatch_id=dispatch.pk)
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
