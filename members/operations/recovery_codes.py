"""Recovery codes: made ten at a time, used once each."""

from datetime import datetime
from uuid import UUID

from members.accounts.models import RecoveryCode, User
from members.accounts.recovery_codes import code_index, new_codes
from members.accounts.signals import AccountChange
from members.accounts.throttle import CODES
from members.actors import Actor
from members.acts import act
from members.operations._guesses import tell_of_wrong_codes
from members.operations._security import tell_owner


def make_recovery_codes(*, actor: Actor, at: datetime, user_id: UUID) -> list[str]:
    """Return ten new codes; those made before are void. Nobody can read them again: only hashes are kept."""
    codes = new_codes()
    with act(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        user.recovery_codes.all().delete()
        for code in codes:
            this.add(RecoveryCode(user=user, code_index=code_index(user_id, code), created_at=at))
        tell_owner(this, user_id, AccountChange.CODES_MADE)
    return codes


def use_recovery_code(*, actor: Actor, at: datetime, user_id: UUID, code: str) -> bool:
    """Use a code up; tell whether it was one of the user's that is left.

    Two presses at once use it once: the row is locked. Raises CounterAway, and counts tries like passwords are.
    """
    allowed = CODES.take(str(user_id))
    with act(actor=actor, at=at) as this:
        mine = RecoveryCode.objects.filter(user=user_id, code_index=code_index(user_id, code), used_at=None)
        found = mine.select_for_update(no_key=True).first() if allowed else None
        if found is None:
            detail = {"factor": "recovery", "reason": "wrong" if allowed else "locked"}
            this.record("factor.refused", object_type="user", object_id=user_id, detail=detail)
            if not allowed:
                tell_of_wrong_codes(this, user_id)
            return False
        this.change(found, used_at=at)
        tell_owner(this, user_id, AccountChange.CODE_USED)
    CODES.forget(str(user_id))
    return True
