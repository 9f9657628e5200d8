"""Coming in and leaving, as the audit trail sees it. The browser's session itself is the view's."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import authenticate

from members.accounts.models import Session, User, email_index
from members.accounts.throttle import SIGN_IN_BY_NETWORK, Taken, TooManyFromHere
from members.actors import GUEST, Actor
from members.acts import act
from members.operations._authority import administration, lock_colleague
from members.operations._guesses import Guess, count_guess, force_recovery, forgive
from members.operations._security import end_other_sessions


def check_password(*, at: datetime, email: str, password: str, address: str) -> User | None:
    """Return the user with this e-mail address and password, or None.

    After five failures from one network address the user is locked there for 15 minutes; after a hundred in a day the
    password opens nothing more, wherever it comes from, until its owner has chosen a new one by the reset link. An
    unknown, a wrong and a locked sign-in do the same work, so that neither answer nor time tells them apart. Raises
    CounterAway: without the counter nobody comes in. Raises TooManyFromHere after a hundred failures in an hour from
    one network address, for whichever accounts; then nothing is looked up or hashed, and the first one is recorded.
    """
    taken = SIGN_IN_BY_NETWORK.count(address)
    if taken is Taken.NO_MORE:
        with act(actor=GUEST, at=at) as this:
            this.record("session.failed", object_type="user", detail={"reason": "network"})
    if taken is not Taken.YES:
        raise TooManyFromHere
    index = email_index(email)
    guess = count_guess(index, address)
    user = authenticate(email=email, password=password)
    if guess is Guess.HEARD and isinstance(user, User) and user.recovery_forced_at is None:
        forgive(index, address)
        SIGN_IN_BY_NETWORK.give_back(address)
        return user
    known = User.objects.of_email(email).values_list("pk", flat=True).first()
    with act(actor=GUEST, at=at) as this:
        if guess is Guess.ONE_TOO_MANY:
            force_recovery(this, index)
        reason = guess if guess is not Guess.HEARD else "refused" if known else "unknown"
        this.record("session.failed", object_type="user", object_id=known, detail={"reason": str(reason)})
    return None


def start_session(*, actor: Actor, at: datetime, user_id: UUID, means: str) -> None:
    """Record that somebody came in, by "password" or by "totp". Raises User.DoesNotExist."""
    with act(actor=actor, at=at) as this:
        this.change(this.lock(User, user_id), last_login=at)
        this.record("session.started", object_type="user", object_id=user_id, detail={"means": means})


def end_session(*, actor: Actor, at: datetime, user_id: UUID) -> None:
    """Record that somebody signed out."""
    with act(actor=actor, at=at) as this:
        this.record("session.ended", object_type="user", object_id=user_id, detail={"reason": "sign_out"})


def end_sessions(
    *, actor: Actor, at: datetime, user_id: UUID, handle: UUID | None = None, but_for: UUID | None = None
) -> int:
    """End one session of the user, named by its handle, or all but the one with the handle `but_for`. Return how many.

    One whose key turns at this moment ends too: the row is the same, and so is its handle.
    """
    with act(actor=actor, at=at) as this:
        mine = Session.of(user_id, but_for=but_for)
        ended, _ = (mine.filter(handle=handle) if handle else mine).delete()
        for _one in range(ended):
            this.record("session.ended", object_type="user", object_id=user_id, detail={"reason": "ended_by_owner"})
    return ended


def end_sessions_of(*, actor: Actor, at: datetime, user_id: UUID) -> int:
    """End all sessions of somebody, as an administrator. Return how many. Raises User.DoesNotExist, AccountRefused."""
    with administration(actor=actor, at=at) as this:
        lock_colleague(this, user_id)
        ended = Session.of(user_id).count()
        end_other_sessions(this, user_id)
        for _one in range(ended):
            this.record(
                "session.ended", object_type="user", object_id=user_id, detail={"reason": "ended_by_administrator"}
            )
    return ended


def forget_expired_sessions(*, at: datetime) -> None:
    """Delete the sessions that nobody can go on with any more."""
    Session.objects.filter(expire_date__lt=at).delete()
