"""How far the audit trail is sealed, as the screens say it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from members.audit.health import seal_health
from members.audit.models import Checkpoint
from members.audit.statement import Statement, StatementBroken

ALARMS = {
    "unsealed": "Events have waited for their seal for more than five minutes.",
    "unanchored": "Checkpoints have waited for their anchor for more than five minutes.",
    "chain_cut": "The anchor knows more than the database: the end of the trail was cut off.",
    "unreadable": "The newest checkpoint cannot be read.",
}


@dataclass(frozen=True, slots=True)
class ChainState:
    """The newest checkpoint (0: none), when it was sealed, how many events wait, and what is wrong in sentences."""

    checkpoint: int
    sealed_at: datetime | None
    sealed: int
    waiting: int
    alarms: tuple[str, ...]


def chain_state(*, at: datetime) -> ChainState:
    """Return how the chain stands: two queries."""
    health = seal_health(at, settings.AUDIT_ANCHORS)
    newest = Checkpoint.objects.order_by("-number").first()
    wrong, statement = health.wrong, None
    if newest:
        try:
            statement = Statement.parse(newest.statement)
        except StatementBroken:
            wrong = [*wrong, "unreadable"]
    return ChainState(
        checkpoint=newest.number if newest else 0,
        sealed_at=statement.sealed_at if statement else None,
        sealed=statement.total if statement else 0,
        waiting=health.pending,
        alarms=tuple(ALARMS[code] for code in wrong),
    )
