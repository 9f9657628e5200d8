"""A day in July, and what somebody does on it: the trail that the rules look over."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from complaints.enums import RestrictionKind
from complaints.models import Complaint
from complaints.operations import restrict_complaint
from members.actors import Role
from members.audit.models import Event
from tests.complaints import stages
from tests.people import actor_of, staff

NOON = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
"""A Wednesday, noon where the insurer is."""
NIGHT = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)


def act(actor, action, *, at=NOON, case=None, **kwargs):
    Event.by(actor, at=at, action=action, matter_id=case, **kwargs).save()


def read(actor, *cases, at=NOON, purpose="work the case"):
    told = {"action": "phi.opened", "object_type": "complaints_complaint", "detail": {"purpose": purpose}}
    Event.objects.bulk_create(Event.by(actor, at=at, matter_id=case, object_id=case, **told) for case in cases)


def unknown(number):
    """Return the keys of cases that are not there any more: the trail outlives them."""
    return [uuid4() for _ in range(number)]


def cases_of_a_colleague(world, number, *, over=True):
    rows = [stages.taken(world.colleague) for _ in range(number)]
    if over:
        keys = [row.pk for row in rows]
        Complaint.objects.unscoped("test").filter(pk__in=keys).update(
            state="withdrawn", withdrawn_at=NOON - timedelta(days=9)
        )
    return [row.pk for row in rows]


def restricted_case():
    row = stages.received()
    boss = actor_of(staff(Role.LEAD))
    restrict_complaint(actor=boss, at=stages.AT, complaint_id=row.pk, kind=RestrictionKind.VIP, reason="The mayor.")
    return row.pk
