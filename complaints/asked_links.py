"""Answers who asks for a link without being signed in: every ask writes the same two rows, and the worker looks up.

So neither what an answer says nor how long it takes tells whether there is such an account or member. The outbox
holds a blind index of what was typed, no address and no number.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.dispatch import receiver

from complaints.account_mail import MATTER_KIND
from complaints.correspondence.operations import ANSWER
from members.accounts.signals import LinkKind, link_asked
from members.acts import Act
from members.operations import answer_registration, answer_reset
from slas.operations import enqueue, open_matter
from slas.outbox import handles
from slas.queries import database_now

ANSWERS = {LinkKind.RESET: answer_reset, LinkKind.REGISTRATION: answer_registration}


@receiver(link_asked)
def look_up_later(*, this: Act, kind: LinkKind, index: bytes, **_others: Any) -> None:
    """Leave the question to the worker, in the transaction that asks it."""
    matter = open_matter(
        this=this, kind=MATTER_KIND, time_zone=settings.HOUSE_TIME_ZONE, language=settings.LANGUAGE_CODE
    )
    enqueue(
        this=this,
        matter_id=matter.pk,
        key=f"answer:{matter.pk}",
        topic=ANSWER,
        payload={"link": str(kind), "index": index.hex()},
    )


@handles(ANSWER)
def answer(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox passes all three
    """Send the link, if what was typed fits somebody."""
    ANSWERS[LinkKind(payload["link"])](at=database_now(), index=bytes.fromhex(payload["index"]))
