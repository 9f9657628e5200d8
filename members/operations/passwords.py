"""Passwords: changed by who knows the old one, or reset by who reads the account's mail. Neither skips a factor."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password

from members.accounts.models import User
from members.accounts.signals import AccountChange, LinkKind, link_wanted
from members.accounts.throttle import RESET, RESET_BY_NETWORK
from members.actors import GUEST, Actor
from members.acts import act
from members.operations._guesses import Guess, count_guess, force_recovery, forgive, start_anew
from members.operations._security import end_other_sessions, tell_owner


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
            force_recovery(this, user_id)
        this.record("session.failed", object_type="user", object_id=user_id, detail={"reason": "proof"})
    return False


def change_password(*, actor: Actor, at: datetime, user_id: UUID, password: str) -> None:
    """Set a new password; all other sessions end, the owner is told, and what was guessed before counts no more.

    Raises User.DoesNotExist and Django's ValidationError.
    """
    with act(actor=actor, at=at) as this:
        user = end_other_sessions(this, user_id)
        validate_password(password, user)
        user.set_password(password)
        this.change(user, password=user.password, recovery_forced_at=None)
        tell_owner(this, user_id, AccountChange.PASSWORD_CHANGED)
    start_anew(user)


def ask_reset(*, at: datetime, email: str, address: str) -> None:
    """Have a link sent to the account of this address, if there is one; nobody is told whether there is.

    Three an hour for each address typed and ten for each network address are heard. Raises CounterAway.
    """
    heard = RESET.take("email", email.strip().lower()) and RESET_BY_NETWORK.take(address)
    with act(actor=GUEST, at=at) as this:
        user = User.objects.of_email(email).filter(is_active=True).first() if heard else None
        this.record("account.reset_asked", object_type="user", object_id=user.pk if user else None)
        if user:
            link_wanted.send(sender=User, this=this, user_id=user.pk, kind=LinkKind.RESET)
