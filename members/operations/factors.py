"""Authenticator apps: enrolled, confirmed by a first code, shown at each sign-in; and factors that are taken away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from members.accounts import totp
from members.accounts.models import Passkey, RecoveryCode, TotpDevice, User
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange
from members.actors import Actor
from members.acts import Act, act
from members.operations._guesses import tell_of_wrong_codes
from members.operations._security import end_other_sessions, tell_owner
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

MANY_WRONG = 5
"""Wrong codes in a row of which the owner hears: whoever types them knows the password."""


@dataclass(frozen=True, slots=True)
class CodeOutcome:
    """What became of a code: the factor it proved, or until when no further one is looked at, or neither."""

    factor_id: UUID | None = None
    wait_until: datetime | None = None


def enrol_totp(*, actor: Actor, at: datetime, user_id: UUID, key: bytes | None = None) -> TotpDevice:
    """Begin to enrol a factor under a fresh key, in place of one that was begun before. It counts once confirmed.

    Raises User.DoesNotExist.
    """
    with act(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        user.totp_devices.filter(confirmed=False).delete()
        device = TotpDevice(user=user, name="", key=key or totp.new_key(), created_at=at)
        this.add(device)
        this.record("factor.begun", object_type="user", object_id=user_id, detail={"factor": "totp"})
    return device


def confirm_totp(*, actor: Actor, at: datetime, device_id: UUID, code: str, keep: UUID | None = None) -> bool:
    """Confirm a factor by the first code it shows; tell whether the code was right.

    All sessions of the user but `keep` end, for whoever set them up did not show this factor. Raises
    TotpDevice.DoesNotExist.
    """
    with act(actor=actor, at=at) as this:
        device = this.lock(TotpDevice, device_id)
        step = _matching_step(this, device, code)
        if device.confirmed or step is None:
            _record_failure(this, device.user_id, "wrong")
            return False
        this.change(device, confirmed=True, confirmed_at=at, last_used_at=at, last_step=step)
        end_other_sessions(this, device.user_id, keep=keep)
        tell_owner(this, device.user_id, AccountChange.APP_ADDED)
    return True


def remove_factor(*, actor: Actor, at: datetime, user_id: UUID, factor_id: UUID, keep: UUID | None = None) -> None:
    """Take an app or a passkey of the user away, and with the last one the recovery codes; all sessions but `keep` end.

    Raises User.DoesNotExist, and AccountRefused where it is no factor of this user, or the last that lets staff in.
    """
    with act(actor=actor, at=at) as this:
        end_other_sessions(this, user_id, keep=keep)  # locks the user: of two removals one sees the other
        user = User.objects.with_standing().get(pk=user_id)
        left = {"app": set(user.app_ids) - {factor_id}, "passkey": set(user.passkey_ids) - {factor_id}}
        if factor_id in user.passkey_ids:
            change = AccountChange.PASSKEY_REMOVED
        elif factor_id in user.app_ids:
            change = AccountChange.APP_REMOVED
        else:
            raise AccountRefused("This was removed already.")
        if user.needs_passkey and not left["passkey"]:
            raise AccountRefused("This is your last passkey. Set up another one first, then remove this one.")
        if user.is_staff_account and not (left["app"] or left["passkey"]):
            raise AccountRefused("This is the last thing that lets you in. Set up another one first.")
        TotpDevice.objects.filter(user=user_id, pk=factor_id).delete()
        Passkey.objects.filter(user=user_id, pk=factor_id).delete()
        if not (left["app"] or left["passkey"]):
            RecoveryCode.objects.filter(user=user_id).delete()
        tell_owner(this, user_id, change)


def verify_code(*, actor: Actor, at: datetime, user_id: UUID, code: str) -> CodeOutcome:
    """Look whether a code proves one of the user's confirmed factors.

    A code works once: its time step is stored under the row's lock, and only later ones count. After a failure the
    wait for the next try doubles, whatever address it comes from.
    """
    with act(actor=actor, at=at) as this:
        devices = _confirmed_devices(this, user_id)
        waits = [totp.free_at(failures=device.failure_count, failed_at=device.failed_at) for device in devices]
        if (wait_until := max(filter(None, waits), default=at)) > at:
            _record_failure(this, user_id, "too_soon")
            return CodeOutcome(wait_until=wait_until)
        for device in devices:
            if (step := _matching_step(this, device, code)) is not None:
                this.change(device, last_step=step, last_used_at=at, failure_count=0, failed_at=None)
                this.record("factor.shown", object_type="user", object_id=user_id, detail={"factor": "totp"})
                return CodeOutcome(factor_id=device.pk)
        for device in devices:
            this.change(device, failure_count=device.failure_count + 1, failed_at=at)
        _record_failure(this, user_id, "wrong")
        if any(device.failure_count >= MANY_WRONG for device in devices):
            tell_of_wrong_codes(this, user_id)
    return CodeOutcome()


def _confirmed_devices(this: Act, user_id: UUID) -> list[TotpDevice]:
    keys = TotpDevice.objects.filter(user=user_id, confirmed=True).order_by("pk").values_list("pk", flat=True)
    return [this.lock(TotpDevice, key) for key in keys]


def _matching_step(this: Act, device: TotpDevice, code: str) -> int | None:
    with phi_access(actor=this.actor, purpose=Purpose.CHECK_CODE, at=this.at):
        return totp.step_of(bytes(device.key), code, at=this.at, after_step=device.last_step)


def _record_failure(this: Act, user_id: UUID, reason: str) -> None:
    this.record("factor.refused", object_type="user", object_id=user_id, detail={"factor": "totp", "reason": reason})
