"""Whose a complaint is: the conditions on the table of complaints, or on any that leads to it."""

from django.db.models import Q

from members.actors import Actor, Scope


def own_complaints_of(actor: Actor, prefix: str = "", scope: Scope = Scope.READ) -> Q:
    """Return the condition for what `Complaint.allows` tells; `prefix` leads to the complaint from another table."""
    own = Q(**{f"{prefix}member_id__in": actor.members(scope)})
    if not actor.user_id:
        return own
    known = Q(**{f"{prefix}member_id__in": actor.members(Scope.FILE)}) if scope == Scope.READ else Q(pk__in=[])
    return own | Q(**{f"{prefix}filed_by_id": actor.user_id}) & (Q(**{f"{prefix}member_id": None}) | known)


def involves(actor: Actor, prefix: str = "") -> Q:
    """Return the condition for what `Complaint.is_own_of` tells."""
    filed = Q(**{f"{prefix}filed_by_id": actor.user_id}) if actor.user_id else Q(pk__in=[])
    return filed | Q(**{f"{prefix}member_id__in": actor.members()})
