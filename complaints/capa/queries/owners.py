"""Who can own a CAPA or an action."""

from uuid import UUID

from django.db.models import QuerySet

from complaints.permissions import ACTIONS, READERS
from members.accounts.models import RoleGrant
from members.actors import Role


def possible_owners() -> list[tuple[UUID, str]]:
    """Return (id, name) of the active staff who may read complaints, by name."""
    names = _grants().values_list("user_id", "user__display_name").distinct()
    return sorted(names, key=lambda row: (row[1].casefold(), row[0]))


def is_possible_owner(user_id: UUID) -> bool:
    """Tell whether this person is one of them."""
    return _grants().filter(user_id=user_id).exists()


def has_approver_besides(user_id: UUID) -> bool:
    """Tell whether somebody else could approve the plan and judge the effect of a CAPA that this person owns."""
    return _grants(ACTIONS["change_capa"]).exclude(user_id=user_id).exists()


def _grants(roles: frozenset[Role] = READERS) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(role__in=sorted(roles), revoked_at=None, user__is_active=True)
