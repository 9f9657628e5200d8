"""Whatever changes how somebody comes in is told to its owner, and ends the sessions of whoever came in before."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from complaints.correspondence.models import Dispatch
from members import operations
from members.accounts.links import make_token
from members.accounts.models import Passkey, RecoveryCode, Session, TotpDevice, User
from members.accounts.passkeys import NewKey
from members.accounts.sessions import handle_of
from members.accounts.signals import AccountChange, LinkKind
from members.accounts.totp import code_at
from members.actors import Role
from tests.members.accounts.door import wrong_code
from tests.people import actor_of, an_email, code_now, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "umbrella-kestrel-94-tuba-inlet"
KEY = b"another key of 20 by"


def own(user):
    return {"actor": user.at_the_door(), "at": timezone.now(), "user_id": user.pk}


def by_administrator(user):
    return {"actor": actor_of(staff(Role.ADMINISTRATOR)), "at": timezone.now(), "user_id": user.pk}


def change_password(user, keep):
    operations.change_password(**own(user), password=NEW_PASSWORD, address="192.0.2.1", keep=keep)


def reset_password(user, _keep):
    operations.reset_password(
        **own(user), token=make_token(user, LinkKind.RESET), password=NEW_PASSWORD, address="192.0.2.1"
    )


def add_app(user, keep):
    device = operations.enrol_totp(**own(user), key=KEY)
    code = code_at(KEY, timezone.now())
    assert operations.confirm_totp(
        actor=user.at_the_door(), at=timezone.now(), device_id=device.pk, code=code, keep=keep
    )


def add_passkey(user, keep):
    operations.add_passkey(**own(user), key=NewKey(b"new", b"", 0, ()), name="Phone", keep=keep)


def remove_app(user, keep):
    add_passkey(user, keep)
    operations.remove_factor(**own(user), factor_id=user.totp_devices.get().pk, keep=keep)


def remove_passkey(user, keep):
    add_passkey(user, keep)
    operations.remove_factor(**own(user), factor_id=user.passkeys.get().pk, keep=keep)


def change_email(user, keep):
    operations.ask_email_change(**own(user), email=an_email())
    token = make_token(User.objects.get(pk=user.pk), LinkKind.NEW_EMAIL)
    operations.confirm_email(**own(user), token=token, keep=keep)


def reset_factors(user, _keep):
    operations.ask_factor_reset(**by_administrator(user), reason="staff card")
    operations.confirm_factor_reset(**by_administrator(user))


def disable(user, _keep):
    operations.disable_account(**by_administrator(user))


def enable(user, _keep):
    disable(user, None)
    operations.enable_account(**by_administrator(user))


def use_code(user, _keep):
    code = operations.make_recovery_codes(**own(user))[0]
    assert operations.use_recovery_code(**own(user), code=code)


CHANGES = {
    change_password: (AccountChange.PASSWORD_CHANGED, "keeps one"),
    reset_password: (AccountChange.PASSWORD_CHANGED, "keeps none"),
    add_app: (AccountChange.APP_ADDED, "keeps one"),
    add_passkey: (AccountChange.PASSKEY_ADDED, "keeps one"),
    remove_app: (AccountChange.APP_REMOVED, "keeps one"),
    remove_passkey: (AccountChange.PASSKEY_REMOVED, "keeps one"),
    change_email: (AccountChange.EMAIL_CHANGED, "keeps one"),
    reset_factors: (AccountChange.FACTORS_RESET, "keeps none"),
    disable: (AccountChange.DISABLED, "keeps none"),
    enable: (AccountChange.ENABLED, "keeps none"),
    use_code: (AccountChange.CODE_USED, "keeps all"),
    lambda user, _keep: operations.make_recovery_codes(**own(user)): (AccountChange.CODES_MADE, "keeps all"),
    lambda user, _keep: operations.ask_email_change(**own(user), email=an_email()): (
        AccountChange.EMAIL_CHANGE_ASKED,
        "keeps all",
    ),
}


@pytest.mark.parametrize(("operation", "told"), CHANGES.items(), ids=lambda value: getattr(value, "__name__", None))
def test_a_change_is_told_to_its_owner_and_ends_the_sessions_of_before(operation, told):
    """Checklist 7 and 8."""
    change, keeps = told
    user, here, elsewhere, never_begun = staff(Role.AGENT), Client(), Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, user)
    never_begun.force_login(user)
    before = User.objects.get(pk=user.pk).session_epoch

    operation(User.objects.get(pk=user.pk), handle_of(here.session))

    assert Dispatch.objects.filter(to_user=user, detail__change=change).count() == 1
    left = set(Session.objects.filter(user=user).values_list("handle", flat=True))
    ends = {"keeps one": {handle_of(here.session)}, "keeps none": set()}
    if keeps == "keeps all":
        assert len(left) == 3
    else:
        assert left == ends[keeps]
        assert User.objects.get(pk=user.pk).session_epoch > before, "or a copy of the table would bring them back"


def test_taking_a_factor_away_ends_the_other_sessions_by_itself():
    """Checklist 8."""
    user, here, elsewhere = member_account(), Client(), Client()
    add_passkey(user, None)
    for client in (here, elsewhere):
        sign_in(client, user)
    keep, before = handle_of(here.session), User.objects.get(pk=user.pk).session_epoch
    operations.remove_factor(**own(user), factor_id=user.passkeys.get().pk, keep=keep)
    assert [row.handle for row in Session.objects.filter(user=user)] == [keep]
    assert User.objects.get(pk=user.pk).session_epoch == before + 1


def test_all_sessions_that_an_administrator_ends_are_dead_and_not_only_deleted():
    user, client = staff(Role.AGENT), Client()
    sign_in(client, user)
    [row] = Session.objects.filter(user=user)
    assert operations.end_sessions_of(**by_administrator(user)) == 1
    row.save(force_insert=True)
    assert client.get("/desk/").status_code == 302


def test_recovery_codes_do_not_outlive_the_last_factor():
    user = member_account()
    add_passkey(user, None)
    operations.make_recovery_codes(**own(user))
    add_app(user, None)
    operations.remove_factor(**own(user), factor_id=Passkey.objects.get().pk)
    assert RecoveryCode.objects.count() == 10
    operations.remove_factor(**own(user), factor_id=TotpDevice.objects.get().pk)
    assert RecoveryCode.objects.count() == 0


def told_of_codes(user):
    return Dispatch.objects.filter(to_user=user, detail__change=AccountChange.CODES_GUESSED).count()


def test_of_many_wrong_codes_behind_the_right_password_the_owner_hears_once_a_day():
    user, at = staff(Role.AGENT), timezone.now()
    code = wrong_code()
    for number in range(12):
        then = at + timedelta(hours=number)
        operations.verify_code(actor=user.at_the_door(), at=then, user_id=user.pk, code=code)
        assert told_of_codes(user) == (0 if number < 4 else 1)
    then = at + timedelta(hours=30)
    operations.verify_code(actor=user.at_the_door(), at=then, user_id=user.pk, code=code)
    assert told_of_codes(user) == 2


def test_the_owner_hears_of_many_wrong_recovery_codes_too():
    user = staff(Role.AGENT)
    for _ in range(7):
        operations.use_recovery_code(**own(user), code="nonsense")
    assert told_of_codes(user) == 1


def test_a_slip_of_the_finger_is_nobodys_concern():
    user = staff(Role.AGENT)
    operations.verify_code(**own(user), code=wrong_code())
    operations.verify_code(
        actor=user.at_the_door(), at=timezone.now() + timedelta(seconds=5), user_id=user.pk, code=code_now()
    )
    assert told_of_codes(user) == 0
