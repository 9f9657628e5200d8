"""Ask for e-mail to be sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from complaints.correspondence.models import Dispatch, DispatchKind
from members.acts import Act
from slas.operations import enqueue

SEND = "correspondence.send"
ANSWER = "accounts.answer"
MAKE_NOTICES = "complaints.notices"
START_CLOCKS = "complaints.start_clocks"


def request_dispatch(
    *,
    this: Act,
    matter_id: UUID,
    kind: DispatchKind,
    key: str,
    to_user_id: UUID | None = None,
    address: str | None = None,
    detail: dict[str, Any] | None = None,
    not_before: datetime | None = None,
) -> Dispatch:
    """Put one e-mail into the outbox of this act's transaction. `key` names it for ever: the same key, one e-mail.

    `to_user_id` is a member of staff; None is the complainant. It goes to the address that the reader has when it is
    sent, or to `address`. `detail` holds ids and codes only. It goes out at once,
    or at the moment `not_before`.
    """
    dispatch = Dispatch(
        matter_id=matter_id,
        kind=kind,
        dedupe_key=key,
        to_user_id=to_user_id,
        address=address,
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
        not_before=not_before,
    )
    return dispatch
