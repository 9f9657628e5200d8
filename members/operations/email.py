"""The e-mail address of an account: changed only by somebody who reads mail at the new one, and told to the old one."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from members.accounts.links import holds
from members.accounts.models import User, email_index
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange, LinkKind, link_wanted
from members.accounts.throttle import EMAIL_CHANGE, EMAIL_CHANGE_TO, TooManyLinks
from members.actors import Actor
from members.acts import act
from members.operations._addresses import demand_free_address
from members.operations._security import end_other_sessions, tell_owner
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


def ask_email_change(*, actor: Actor, at: datetime, user_id: UUID, email: str) -> None:
    """Have a link sent to a new address, and the old one told; it stays the account's until the link is followed.

    Whether the new address has an account already is not told here: its owner would be found out. Raises CounterAway,
    and TooManyLinks after five an hour of one user or three to one address: nobody sends mail to strangers through us.
    """
    if not (EMAIL_CHANGE.take(str(user_id)) and EMAIL_CHANGE_TO.take(email_index(email).hex())):
        raise TooManyLinks
    with act(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        this.change(user, new_email=email.strip(), email_change=user.email_change + 1)
        tell_owner(this, user_id, AccountChange.EMAIL_CHANGE_ASKED)
        link_wanted.send(sender=User, this=this, user_id=user_id, kind=LinkKind.NEW_EMAIL)


def confirm_email(*, actor: Actor, at: datetime, user_id: UUID, token: str, keep: UUID | None = None) -> None:
    """Go over to the address that the link was sent to; all sessions but `keep` end, and the old address is told.

    Raises AccountRefused where the link is not this user's, or good no longer, or the address has an account by now.
    """
    with act(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        with phi_access(actor=actor, purpose=Purpose.CHANGE_ADDRESS, at=at):
            email = user.new_email
        if email is None or not holds(token, LinkKind.NEW_EMAIL, user):
            raise AccountRefused(_("A link works once and for one hour."))
        tell_owner(this, user_id, AccountChange.EMAIL_CHANGED)  # at the address that is still the account's
        end_other_sessions(this, user_id, keep=keep)
        this.change(user, email=email, email_index=email_index(email), new_email=None)
        demand_free_address(this, user)
