"""What every change of an account's security has in common: the other sessions end, and its owner is told."""

from uuid import UUID

from members.accounts.models import User
from members.accounts.signals import AccountChange, account_changed
from members.acts import Act


def end_other_sessions(this: Act, user_id: UUID) -> User:
    """End every session of the user but the one that goes on with the new hash. Return the user, locked."""
    user: User = this.lock(User, user_id)
    this.change(user, session_epoch=user.session_epoch + 1)
    return user


def tell_owner(this: Act, user_id: UUID, change: AccountChange) -> None:
    """Write the change down and have its owner told, in the same transaction."""
    this.record(f"account.{change}", object_type="user", object_id=user_id)
    account_changed.send(sender=User, this=this, user_id=user_id, change=change)
