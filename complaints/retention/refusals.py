"""Why something about retention is not done."""

from uuid import UUID

from complaints.permissions import ActionForbidden
from members.actors import Actor


class RetentionRefused(ValueError):
    """It cannot be done now; the message says why, and what to do instead."""


def person(actor: Actor) -> UUID:
    """Return who acts: only a person answers for a hold or a list. Raises ActionForbidden."""
    if actor.user_id is None:
        raise ActionForbidden(f"{actor.label} is no person, and cannot answer for this")
    return actor.user_id
