"""Restricted complaints of the tests, and the glass that is broken to see them."""

from datetime import timedelta

from complaints.enums import RestrictionKind
from complaints.models import Opening
from complaints.operations import (
    break_glass,
    restrict_complaint,
)
from members.actors import Role
from slas.queries import database_now
from tests.complaints import stages
from tests.people import actor_of, staff

HOUR = timedelta(minutes=60)
WHY = "She is in the hospital and nobody else is here."


def restricted(**kwargs):
    row = stages.received(**kwargs)
    restrict_complaint(
        actor=actor_of(staff(Role.LEAD)),
        at=stages.AT,
        complaint_id=row.pk,
        kind=RestrictionKind.VIP,
        reason="She is the mayor.",
    )
    return row


def opened(actor, row, *, at=None):
    break_glass(actor=actor, at=at or database_now(), reference=row.reference, reason=WHY)
    return Opening.objects.unscoped("test").order_by("-pk").first()


def past(opening, span):
    """Let an opening have happened so long before."""
    opening.opened_at, opening.until = opening.opened_at - span, opening.until - span
    opening.save(update_fields=["opened_at", "until"])
    return opening
