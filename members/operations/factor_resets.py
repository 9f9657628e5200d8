"""Taking all factors from somebody who has lost them: one administrator asks, another confirms. Never one alone."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from members.accounts.models import FactorReset, User
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange
from members.actors import Actor
from members.operations._authority import administration
from members.operations._security import end_other_sessions, tell_owner


def ask_factor_reset(*, actor: Actor, at: datetime, user_id: UUID, reason: str) -> FactorReset:
    """Ask for it, with how the person showed who it is; what was asked for before and is over makes room.

    Raises User.DoesNotExist, AccountRefused.
    """
    asked_by_id = _another_than(user_id, actor)
    if not reason.strip():
        raise AccountRefused(_("Say how this person showed who they are."))
    with administration(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        if FactorReset.waiting(at).filter(user=user).exists():
            raise AccountRefused(_("This was asked for already. Another administrator has to confirm it."))
        asked = {"reason": reason.strip(), "asked_at": at, "asked_by_id": asked_by_id}
        if reset := user.factor_resets.filter(confirmed_at=None).first():
            this.change(reset, **asked)
        else:
            this.add(reset := FactorReset(user=user, **asked))
        this.record("factors.reset_asked", object_type="user", object_id=user_id)
    return reset


def confirm_factor_reset(*, actor: Actor, at: datetime, user_id: UUID) -> None:
    """Take the factors and codes away; all sessions end, and the next sign-in leads to setting up new ones.

    Raises User.DoesNotExist, and AccountRefused where nobody else has asked for it within a day, as an administrator
    who still is one.
    """
    confirmed_by_id = _another_than(user_id, actor)
    with administration(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        reset = user.factor_resets.filter(confirmed_at=None).first()
        if reset is None:
            raise AccountRefused(_("Nobody has asked for this, or it is done already."))
        if not FactorReset.waiting(at).filter(pk=reset.pk).exists():
            raise AccountRefused(_("What was asked for is over. Ask for it again, and have another one confirm it."))
        if reset.asked_by_id == confirmed_by_id:
            raise AccountRefused(_("You asked for this yourself. Another administrator has to confirm it."))
        this.change(reset, confirmed_at=at, confirmed_by_id=confirmed_by_id)
        for factors in (user.totp_devices, user.passkeys, user.recovery_codes, user.sessions):
            factors.all().delete()
        end_other_sessions(this, user_id)
        tell_owner(this, user_id, AccountChange.FACTORS_RESET)


def _another_than(user_id: UUID, actor: Actor) -> UUID:
    """Return who acts, if it is not the one whose factors these are. Raises AccountRefused."""
    if actor.user_id is None or actor.user_id == user_id:
        raise AccountRefused(_("Two other administrators do this for you: one asks, one confirms."))
    return actor.user_id
