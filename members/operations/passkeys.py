"""Passkeys: made on a device, shown at sign-in, taken away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from members.accounts import passkeys
from members.accounts.models import Passkey
from members.accounts.passkeys import NewKey, PasskeyRefused
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange
from members.accounts.throttle import PASSKEYS_RECORDED
from members.actors import Actor
from members.acts import act
from members.operations._security import end_other_sessions, tell_owner


def add_passkey(
    *, actor: Actor, at: datetime, user_id: UUID, key: NewKey, name: str, keep: UUID | None = None
) -> Passkey:
    """Keep a passkey that a device has just made. All sessions of the user but `keep` end.

    Raises User.DoesNotExist and AccountRefused where the key is known already.
    """
    with act(actor=actor, at=at) as this:
        if Passkey.objects.filter(credential_id=key.credential_id).exists():
            raise AccountRefused("this passkey is set up already")
        passkey = Passkey(
            user=end_other_sessions(this, user_id, keep=keep),
            name=name.strip(),
            credential_id=key.credential_id,
            public_key=key.public_key,
            sign_count=key.sign_count,
            transports=list(key.transports),
            created_at=at,
        )
        this.add(passkey)
        tell_owner(this, user_id, AccountChange.PASSKEY_ADDED)
    return passkey


def verify_passkey(
    *, actor: Actor, at: datetime, user_id: UUID, answer: str, challenge: bytes, by_owner: bool = False
) -> UUID | None:
    """Return the passkey of this user that the browser's answer proves, or None.

    With `by_owner` the device must have made sure who holds it, by a PIN, a finger or a face. The counter is compared
    and moved under the row's lock, so that a copied key is refused. Five refusals in 15 minutes are recorded, no more.
    """
    with act(actor=actor, at=at) as this:
        try:
            credential = passkeys.read_answer(answer)
            passkey = this.lock(Passkey, _named_by(credential, user_id))
            count = passkeys.shown(credential, passkey, challenge=challenge, by_owner=by_owner)
        except (PasskeyRefused, Passkey.DoesNotExist):
            if PASSKEYS_RECORDED.take_or_alarm(str(user_id)):
                detail = {"factor": "passkey", "reason": "wrong"}
                this.record("factor.refused", object_type="user", object_id=user_id, detail=detail)
            return None
        this.change(passkey, sign_count=count, last_used_at=at)
        this.record("factor.shown", object_type="user", object_id=user_id, detail={"factor": "passkey"})
    return passkey.pk


def _named_by(credential: dict[str, Any], user_id: UUID) -> UUID:
    mine = Passkey.objects.filter(user=user_id, credential_id=passkeys.credential_id_of(credential))
    return mine.values_list("pk", flat=True).get()
