"""What is asked about members."""

from uuid import UUID

from members.accounts.models import RoleGrant, TotpDevice
from members.actors import Actor, Role
from members.models import Member


def member_of(actor: Actor) -> Member | None:
    """Return the actor's own member record, still sealed, or None for somebody who is no member."""
    if actor.member_id is None:
        return None
    return Member.objects.visible_to(actor).filter(pk=actor.member_id).first()


def user_ids_with_role(role: Role) -> list[UUID]:
    """Return the active users who hold a staff role now, longest first."""
    grants = RoleGrant.objects.filter(role=role, revoked_at=None, user__is_active=True)
    return list(grants.order_by("granted_at", "pk").values_list("user_id", flat=True))


def factor_being_enrolled(*, user_id: UUID, factor_id: str | None) -> TotpDevice | None:
    """Return the factor that this user began to enrol, its key still sealed."""
    if factor_id is None:
        return None
    return TotpDevice.objects.filter(pk=factor_id, user=user_id, confirmed=False).first()
