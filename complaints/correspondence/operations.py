"""Ask for sends, and record what became of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

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


def claim_dispatch(*, dispatch_id: UUID, at: datetime) -> Dispatch | None:
    """Reserve a send for this worker, or return None when it is done or another worker is at it."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - CLAIM_LASTS)
    with transaction.atomic():
        rows = Dispatch.objects.select_for_update().select_related("to_user")
        dispatch = rows.filter(free, pk=dispatch_id, sent_at=None, failed_at=None).first()
        if dispatch is not None:
            dispatch.claimed_at = at
            dispatch.save(update_fields=["claimed_at"])
    return dispatch


def release_dispatch(*, dispatch_id: UUID) -> None:
    """Give a claim back after a failure, so that the next try need not wait for it to run out."""
    Dispatch.objects.filter(pk=dispatch_id, sent_at=None).update(claimed_at=None)
