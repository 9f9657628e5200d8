"""Cases read by somebody who has nothing to do with them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from complaints.models import Complaint
from complaints.oversight.rules.acts import GLASS
from complaints.oversight.rules.days import Finding, Numbers, Span, readings
from complaints.permissions import HANDLERS
from members.accounts.models import RoleGrant
from members.actors import Role
from members.audit.models import Event

REASON = "whether the reader has to do with it; nothing is shown"
WORK = "complaint."
"""How the codes of work on a case begin; to read it, look it up in the trail or send it on is no work on it."""
OVERSEES = (Role.LEAD, Role.QUALITY_MANAGER, Role.PRIVACY_OFFICER, Role.AUDITOR)
"""Who reads cases of others, and closed ones, day by day."""


def no_case_link(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever only handles cases and read many that were over, a colleague's, and never worked on: one query."""
    over = _of_colleagues().filter(Q(closed_at__lt=OuterRef("at")) | Q(withdrawn_at__lt=OuterRef("at")))
    grants = RoleGrant.objects.filter(user=OuterRef("actor_id"), revoked_at=None)
    handles, oversees = Exists(grants.filter(role__in=HANDLERS)), Exists(grants.filter(role__in=OVERSEES))
    yield from _counted(readings(span).filter(Exists(over), handles, ~oversees, ~Exists(_own_acts())), numbers)


def restricted(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever read restricted cases that are somebody else's and did nothing on them: one query."""
    theirs = _of_colleagues().filter(is_restricted=True)
    yield from _counted(readings(span).filter(Exists(theirs), ~Exists(_own_acts())), numbers)


def _of_colleagues() -> QuerySet[Complaint]:
    """Return the case of the outer event, if it is not the reader's."""
    cases = Complaint.objects.unscoped(REASON).filter(pk=OuterRef("matter_id"))
    return cases.filter(Q(owner=None) | ~Q(owner=OuterRef("actor_id")))


def _own_acts() -> QuerySet[Event]:
    """Return what the reader of the outer event ever did on its case as its work."""
    acts = Event.objects.filter(matter_id=OuterRef("matter_id"), actor_id=OuterRef("actor_id"))
    return acts.filter(action__startswith=WORK).exclude(action__in=GLASS)


def _counted(rows: QuerySet[Any], numbers: Numbers) -> Iterator[Finding]:
    counts = rows.values_list("actor_id", "day").annotate(cases=Count("matter_id", distinct=True))
    for person_id, day, cases in counts.filter(cases__gte=numbers["from"]):
        yield Finding(person_id, day, cases, {})
