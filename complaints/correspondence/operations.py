"""Ask for sends, and record what became of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from complaints.correspondence.models import Dispatch, DispatchKind
from members.acts import Act
from slas.operations import enqueue

SEND = "correspondence.send"
CLAIM_LASTS = timedelta(seconds=60)
"""Longer than an SMTP conversation with its time-outs; after that another worker may try."""


def request_dispatch(
    *,
    this: Act,
    matter_id: UUID,
    kind: DispatchKind,
    key: str,
    to_user_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> Dispatch:
    """Put one e-mail into the outbox of this act's transaction. `key` names it for ever: the same key, one e-mail.

    `to_user_id` is a member of staff; None is the complainant. `detail` holds ids and codes only.
    """
    dispatch = Dispatch(
        matter_id=matter_id,
        kind=kind,
        dedupe_key=key,
        to_user_id=to_user_id,
        detail=detail or {},
        requested_at=this.at,
    )
    this.add(dispatch)
    enqueue(
        this=this,
        matter_id=matter_id,
        key=f"send:{dispatch.pk}",
        topic=SEND,
        payload={"dispatch": str(dispatch.pk)},
    )
    return dispatch


class DispatchBusy(RuntimeError):
    """Another worker is sending it right now; try again later, in case that one dies."""


def claim_dispatch(*, dispatch_id: UUID, at: datetime) -> Dispatch | None:
    """Reserve a send for this worker, or return None when it is sent or given up. Raises DispatchBusy."""
    with transaction.atomic():
        dispatch = Dispatch.objects.select_for_update(of=("self",)).select_related("to_user").get(pk=dispatch_id)
        if dispatch.sent_at or dispatch.failed_at:
            return None
        if dispatch.claimed_at and dispatch.claimed_at > at - CLAIM_LASTS:
            raise DispatchBusy(str(dispatch_id))
        dispatch.claimed_at = at
        dispatch.save(update_fields=["claimed_at"])
    return dispatch


def release_dispatch(*, dispatch_id: UUID) -> None:
    """Give a claim back after a failure, so that the next try need not wait for it to run out."""
    Dispatch.objects.filter(pk=dispatch_id, sent_at=None).update(claimed_at=None)
