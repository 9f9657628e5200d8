"""What of the trail is not there for whoever looks into it: on hidden cases, and on the own record."""

from typing import Any

from django.db.models import Q, QuerySet

from complaints.models import Complaint
from complaints.models.complaint import hidden_from
from complaints.models.own import involves
from complaints.oversight.models import ReviewItem
from complaints.oversight.parts import PARTS, on_lost, on_parts_of
from complaints.retention.models import Erasure, Hold
from members.actors import Actor
from members.audit.models import Event
from members.disclosures.models import OfMember
from members.models import Representation

REASON = "what of the trail is left out"
OF_MEMBERS: tuple[Any, ...] = tuple(OfMember.__subclasses__())
LOSABLE = PARTS + OF_MEMBERS
"""What goes one day, so that openings of it lead nowhere."""


def visible_events(actor: Actor) -> QuerySet[Event]:
    """Return the trail without what happened on cases that are not there for the actor, and to the own record.

    A case that was erased stays as hidden as it was.
    """
    return Event.objects.exclude(_on_hidden_cases(actor) | _on_own_record(actor) | on_lost(LOSABLE))


def _on_hidden_cases(actor: Actor) -> Q:
    hidden = Complaint.objects.unscoped(REASON).filter(involves(actor) | hidden_from(actor))
    drafts = hidden.filter(submission_key__isnull=False).values("submission_key")
    found = Q(object_id__in=drafts) | on_parts_of(hidden)
    for keys in (hidden.values("pk"), Erasure.hidden_from(actor).values("complaint_id")):
        found |= Q(matter_id__in=keys) | Q(object_id__in=keys)
    return found


def _on_own_record(actor: Actor) -> Q:
    """Return the condition for events of the actor as a member, of members represented, and of what stood out."""
    members = actor.members()
    found = Q(object_id__in=members) | Q(action__startswith="account.", object_id=actor.user_id)
    found |= Q(detail__has_key="member", detail__member__in=[str(member) for member in members])
    for model in (*OF_MEMBERS, Representation, Hold):
        found |= Q(object_id__in=model.objects.unscoped(REASON).filter(member_id__in=members).values("pk"))
    items = ReviewItem.objects.unscoped(REASON).filter(person=actor.user_id)
    return found | Q(object_id__in=items.values("pk"))
