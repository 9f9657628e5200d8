"""The e-mail address of an account: changed only by somebody who reads mail at the new one, and told to the old one."""

from datetime import datetime
from uuid import UUID

from members.accounts.models import User, email_index
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange, LinkKind, link_wanted
from members.actors import Actor
from members.acts import act
from members.operations._addresses import demand_free_address
from members.operations._security import end_other_sessions, tell_owner
from members.privacy.access import phi_access


def ask_email_change(*, actor: Actor, at: datetime, user_id: UUID, email: str) -> None:
    """Have a link sent to a new address; the account keeps its old one until the link is followed.

    Whether the new address has an account already is not told here: its owner would be found out.
    """
    with act(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        this.change(user, new_email=email.strip(), email_change=user.email_change + 1)
        this.record("account.email_change_asked", object_type="user", object_id=user_id)
        link_wanted.send(sender=User, this=this, user_id=user_id, kind=LinkKind.NEW_EMAIL)


def confirm_email(*, actor: Actor, at: datetime, user_id: UUID) -> None:
    """Go over to the new address; all other sessions end, and the old address is told.

    Raises AccountRefused where the address has an account by now, or none was asked for.
    """
    with act(actor=actor, at=at) as this:
        user = end_other_sessions(this, user_id)
        with phi_access(actor=actor, purpose="change the address", at=at):
            former, email = user.email, user.new_email
        if email is None:
            raise AccountRefused("No new address was asked for.")
        this.change(user, email=email, email_index=email_index(email), former_email=former, new_email=None)
        demand_free_address(this, user)
        tell_owner(this, user_id, AccountChange.EMAIL_CHANGED)
