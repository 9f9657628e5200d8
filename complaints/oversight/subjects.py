"""Whose trail is asked for: a member's, a person's at work, or a case's; and which events belong to it."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from complaints.models import Complaint
from complaints.oversight.hidden import visible_events
from complaints.oversight.parts import REASON, parts_of
from members.accounts.models import RoleGrant, User
from members.actors import Actor
from members.audit.models import Event
from members.disclosures.models import Consent, Disclosure
from members.models import Member, Representation, member_number_index

COMPLAINTS = Complaint._meta.db_table


def find_member(actor: Actor, member_number: str) -> Member | None:
    """Return the member with this number, still sealed, but nobody whom the actor is or acts for."""
    rows = Member.objects.visible_to(actor).exclude(pk__in=actor.members())
    return rows.filter(member_number_index=member_number_index(member_number)).first()


def member_with_id(actor: Actor, member_id: UUID) -> Member | None:
    """Return the same member by its key."""
    return Member.objects.visible_to(actor).exclude(pk__in=actor.members()).filter(pk=member_id).first()


def colleagues() -> QuerySet[User]:
    """Return everybody who holds or held a role here, by name."""
    ever = RoleGrant.objects.values("user")
    return User.objects.filter(pk__in=ever).order_by("display_name", "pk")


def events_of_member(actor: Actor, member_id: UUID) -> QuerySet[Event]:
    """Return what happened to a member's record and complaints, as far as these are there for the actor: 3 queries."""
    cases = set(Complaint.objects.visible_to(actor.as_staff()).filter(member=member_id).values_list("pk", flat=True))
    acting, *others = [
        model.objects.unscoped(REASON).filter(member=member_id).values_list("pk", flat=True)
        for model in (Representation, Consent, Disclosure)
    ]
    return visible_events(actor).filter(about(cases, {member_id, *acting.union(*others, all=True)}))


def events_of_case(actor: Actor, complaint_id: UUID) -> QuerySet[Event]:
    """Return what happened to one complaint: 1 query. Whether it is there for the actor, the caller has asked."""
    return visible_events(actor).filter(about({complaint_id}))


def events_of_person(actor: Actor, user_id: UUID) -> QuerySet[Event]:
    """Return what one person did."""
    return visible_events(actor).filter(actor_id=user_id)


def about(cases: Collection[UUID], beside: Collection[UUID] = ()) -> Q:
    """Return the condition for events of these complaints, their parts, and some other objects: one query."""
    objects = {*cases, *beside, *(key for key, _ in parts_of(cases))}
    return Q(matter_id__in=cases) | Q(matter_id=None, object_id__in=objects)
