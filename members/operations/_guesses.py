"""How many wrong passwords are heard: five from one address in 15 minutes, a hundred for an account in a day."""

from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from members.accounts.models import User
from members.accounts.signals import AccountChange
from members.accounts.throttle import SIGN_IN, SIGN_IN_OF_ACCOUNT, CounterAway
from members.acts import Act
from members.operations._security import tell_owner

TOLD_EVERY = timedelta(days=1)


class Guess(StrEnum):
    """What becomes of a password that is typed."""

    HEARD = "heard"
    LOCKED = "locked"
    ONE_TOO_MANY = "one_too_many"


def count_guess(index: bytes, address: str) -> Guess:
    """Count a password typed for the account of this index at this address. Raises CounterAway.

    What is locked at one address is not counted for the account: nobody wears out another's hundred from one place.
    """
    if not SIGN_IN.take(index.hex(), address):
        return Guess.LOCKED
    return Guess.HEARD if SIGN_IN_OF_ACCOUNT.take(index.hex()) else Guess.ONE_TOO_MANY


def forgive(index: bytes, address: str) -> None:
    """Give back what a right password has used up; wrong ones from elsewhere still count. Raises CounterAway."""
    SIGN_IN.forget(index.hex(), address)
    SIGN_IN_OF_ACCOUNT.give_back(index.hex())


def force_recovery(this: Act, index: bytes) -> None:
    """Let only a new password open the account of this index from now on, and tell its owner, once.

    It is one query, whether there is such an account or not.
    """
    user = User.objects.select_for_update(no_key=True).filter(email_index=index).first()
    if user and user.recovery_forced_at is None:
        this.change(user, recovery_forced_at=this.at)
        tell_owner(this, user.pk, AccountChange.RECOVERY_FORCED)


def tell_of_wrong_codes(this: Act, user_id: UUID) -> None:
    """Tell the owner, once a day, that somebody who knows the password types one wrong code after another."""
    user: User = this.lock(User, user_id)
    if user.codes_guessed_at is None or this.at - user.codes_guessed_at >= TOLD_EVERY:
        this.change(user, codes_guessed_at=this.at)
        tell_owner(this, user_id, AccountChange.CODES_GUESSED)


def start_anew(user: User, address: str) -> None:
    """Forget the guesses at a password that is no more, those at the address where the new one was set among them.

    While Valkey is away they stay: one more asks for recovery.
    """
    index = bytes(user.email_index).hex()
    with suppress(CounterAway):
        SIGN_IN.forget(index, address)
        SIGN_IN_OF_ACCOUNT.forget(index)
