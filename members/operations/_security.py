"""What every change of an account's security has in common: the other sessions end, and who should know is told."""

from uuid import UUID

from members.accounts.models import RoleGrant, Session, User
from members.accounts.signals import AccountChange, RoleChange, account_changed, role_changed
from members.actors import Role
from members.acts import Act


def end_other_sessions(this: Act, user_id: UUID, *, keep: UUID | None = None) -> User:
    """End every session of the user but the one with the handle `keep`. Return the user, locked.

    The one that is kept goes on once its view has given it the new hash.
    """
    user: User = this.lock(User, user_id)
    this.change(user, session_epoch=user.session_epoch + 1)
    Session.of(user_id, but_for=keep).delete()
    return user


def tell_owner(this: Act, user_id: UUID, change: AccountChange) -> None:
    """Write the change down and have its owner told, in the same transaction."""
    this.record(f"account.{change}", object_type="user", object_id=user_id)
    account_changed.send(sender=User, this=this, user_id=user_id, change=change)


def give(this: Act, user: User, role: Role) -> RoleGrant:
    """Give somebody a role within an act, and have everybody told who should know."""
    grant = RoleGrant(user=user, role=role, granted_at=this.at, granted_by_id=this.actor.user_id)
    this.add(grant)
    this.record("role.granted", object_type="user", object_id=user.pk, detail={"role": str(role)})
    role_changed.send(sender=RoleGrant, this=this, user=user, role=role, change=RoleChange.GIVEN)
    return grant


def take(this: Act, grant: RoleGrant) -> None:
    """Take a role within an act, and have everybody told who should know."""
    this.change(grant, revoked_at=this.at, revoked_by_id=this.actor.user_id)
    this.record("role.revoked", object_type="user", object_id=grant.user_id, detail={"role": grant.role})
    role_changed.send(sender=RoleGrant, this=this, user=grant.user, role=Role(grant.role), change=RoleChange.TAKEN)
