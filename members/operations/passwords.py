"""Passwords: changed by who knows the old one, or reset by who reads the account's mail. Neither skips a factor."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _

from members.accounts.links import holds
from members.accounts.models import User, email_index
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange, LinkKind, link_asked, link_wanted
from members.accounts.throttle import RESET, RESET_BY_NETWORK, Taken
from members.actors import GUEST, Actor
from members.acts import Act, act
from members.models import Member
from members.operations._guesses import Guess, count_guess, force_recovery, forgive, start_anew
from members.operations._security import end_other_sessions, tell_owner
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


def confirm_password(*, at: datetime, user_id: UUID, password: str, address: str) -> bool:
    """Tell whether this is the password of somebody who is signed in, within the tries of a sign-in.

    Raises CounterAway.
    """
    user = User.objects.get(pk=user_id)
    index = bytes(user.email_index)
    guess = count_guess(index, address)
    if guess is Guess.HEARD and user.recovery_forced_at is None and user.check_password(password):
        forgive(index, address)
        return True
    with act(actor=user.at_the_door(), at=at) as this:
        if guess is Guess.ONE_TOO_MANY:
            force_recovery(this, index)
        this.record("session.failed", object_type="user", object_id=user_id, detail={"reason": "proof"})
    return False


def change_password(
    *, actor: Actor, at: datetime, user_id: UUID, password: str, address: str, keep: UUID | None = None
) -> None:
    """Set a new password; all sessions but `keep` end, the owner is told, and what was guessed before counts no more.

    Raises User.DoesNotExist and Django's ValidationError.
    """
    with act(actor=actor, at=at) as this:
        user = _set_password(this, user_id, password, keep=keep)
    start_anew(user, address)


def reset_password(*, actor: Actor, at: datetime, user_id: UUID, token: str, password: str, address: str) -> None:
    """Set a new password by a link, which is good for one; all sessions end, and the owner is told.

    Raises User.DoesNotExist, AccountRefused where the link is good no longer, and Django's ValidationError.
    """
    with act(actor=actor, at=at) as this:
        if not holds(token, LinkKind.RESET, this.lock(User, user_id)):
            raise AccountRefused(_("A link works once and for one hour."))
        user = _set_password(this, user_id, password)
    start_anew(user, address)


def _set_password(this: Act, user_id: UUID, password: str, *, keep: UUID | None = None) -> User:
    user = end_other_sessions(this, user_id, keep=keep)
    user.own_words = _own_words(this, user)
    validate_password(password, user)
    user.set_password(password)
    this.change(user, password=user.password, recovery_forced_at=None)
    tell_owner(this, user_id, AccountChange.PASSWORD_CHANGED)
    return user


def _own_words(this: Act, user: User) -> list[str]:
    """Return what others know of the person: no part of it makes a password."""
    with phi_access(actor=this.actor, purpose=Purpose.JUDGE_PASSWORD, at=this.at):
        member = Member.objects.unscoped("whose new password is judged").filter(user=user).first()
        return [user.email, *([member.name, member.member_number] if member else [])]


def ask_reset(*, at: datetime, email: str, address: str) -> None:
    """Have a link sent to the account of this address, if there is one; nobody is told whether there is.

    Three an hour for each address typed and ten for each network address are heard; a network that is shut uses up
    nobody's three. Raises CounterAway.
    """
    index, taken = email_index(email), RESET_BY_NETWORK.count(address)
    if taken is Taken.YES:
        taken = RESET.count("email", index.hex())
    if taken is Taken.NO:
        return
    with act(actor=GUEST, at=at) as this:
        if taken is Taken.YES:
            link_asked.send(sender=User, this=this, kind=LinkKind.RESET, index=index)
        else:
            this.record("account.reset_asked", object_type="user")


def answer_reset(*, at: datetime, index: bytes) -> None:
    """Send the link that was asked for, if an account that is open has this index of its address."""
    with act(actor=GUEST, at=at) as this:
        user_id = User.objects.filter(email_index=index, is_active=True).values_list("pk", flat=True).first()
        this.record("account.reset_asked", object_type="user", object_id=user_id)
        if user_id:
            link_wanted.send(sender=User, this=this, user_id=user_id, kind=LinkKind.RESET)
