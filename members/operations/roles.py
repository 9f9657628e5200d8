"""Staff roles: granted by one person to another, revoked, never edited."""

from datetime import datetime
from uuid import UUID

from members.accounts.models import RoleGrant, User
from members.accounts.refusals import AccountRefused
from members.actors import STAFF, Actor, Role
from members.acts import act
from members.operations._authority import demand_administrator


def grant_role(*, actor: Actor, at: datetime, user_id: UUID, role: Role) -> RoleGrant:
    """Give a user a staff role; it acts on the user's next request.

    Raises User.DoesNotExist and AccountRefused (not an administrator, own account, no staff role, held already).
    """
    demand_administrator(actor)
    if actor.user_id == user_id:
        raise AccountRefused("nobody grants a role to themselves")
    if role not in STAFF:
        raise AccountRefused(f"{role} is no staff role")
    with act(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        if user.role_grants.filter(role=role, revoked_at=None).exists():
            raise AccountRefused(f"{user} is {role} already")
        grant = RoleGrant(user=user, role=role, granted_at=at, granted_by_id=actor.user_id)
        this.add(grant)
        this.record("role.granted", object_type="user", object_id=user_id, detail={"role": str(role)})
    return grant


def revoke_role(*, actor: Actor, at: datetime, user_id: UUID, role: Role) -> None:
    """Take a role from a user; it is gone on the user's next request.

    Raises User.DoesNotExist and AccountRefused (not an administrator, not held).
    """
    demand_administrator(actor)
    with act(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        grant = user.role_grants.filter(role=role, revoked_at=None).first()
        if grant is None:
            raise AccountRefused(f"{user} is not {role}")
        this.change(grant, revoked_at=at, revoked_by_id=actor.user_id)
        this.record("role.revoked", object_type="user", object_id=user_id, detail={"role": str(role)})
