"""The own record, or that of a member represented, opened at work. No page allows it; this sees it if one ever did."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import Q

from complaints.models import Complaint
from complaints.oversight.rules.days import OWN_PAGES, Finding, Numbers, Span, events_of_staff
from members.accounts.models import RoleGrant
from members.models import Member, Representation

REASON = "whose records are the staff's own; nothing is shown"


def own_record(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever opened an own record other than on a member's own pages: four queries."""
    own = _own_of_staff(span)
    keys = {key for _, key in own}
    opened = events_of_staff(span).filter(Q(matter_id__in=keys) | Q(object_id__in=keys), action="phi.opened")
    rows = opened.exclude(detail__purpose__in=OWN_PAGES).values_list("actor_id", "day", "matter_id", "object_id")
    counts: Counter[tuple[UUID, date]] = Counter(
        (person_id, day) for person_id, day, case, key in rows if {(person_id, case), (person_id, key)} & own
    )
    for (person_id, day), count in counts.items():
        if count >= numbers["from"]:
            yield Finding(person_id, day, count, {})


def _own_of_staff(span: Span) -> set[tuple[UUID, UUID]]:
    """Return who of the staff is or acts for which member, and whose complaints are theirs."""
    staff = RoleGrant.objects.values("user")
    members = Member.objects.unscoped(REASON).filter(user__in=staff).values_list("user_id", "pk")
    acting = Representation.objects.unscoped(REASON).filter(
        Q(revoked_at=None) | Q(revoked_at__date__gte=span.first_day),
        user__in=staff,
        confirmed_at__lte=span.until,
        expires_at__date__gte=span.first_day,
    )
    persons = {*members, *acting.values_list("user_id", "member_id")}
    by_member: dict[UUID, set[UUID]] = {}
    for user_id, member_id in persons:
        by_member.setdefault(member_id, set()).add(user_id)
    cases = Complaint.objects.unscoped(REASON).filter(Q(member__in=by_member) | Q(filed_by__in=staff))
    own = set(persons)
    for key, member_id, filed_by in cases.values_list("pk", "member_id", "filed_by_id"):
        own |= {(user_id, key) for user_id in {filed_by, *by_member.get(member_id, ())} if user_id}
    return own
