"""Factors are taken away by two administrators, never by one, and never one's own."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from members.accounts.models import FactorReset, User
from members.accounts.refusals import AccountRefused
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.operations import (
    ask_factor_reset,
    confirm_factor_reset,
    disable_account,
    make_recovery_codes,
    revoke_role,
)
from tests.people import AT, PASSWORD, actor_of, an_email, staff

pytestmark = pytest.mark.django_db
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


def revoke_administrator(**told):
    revoke_role(**told, role=Role.ADMINISTRATOR)


def ask(admin, user, *, at=AT):
    return ask_factor_reset(actor=actor_of(admin), at=at, user_id=user.pk, reason="staff card")


def confirm(admin, user, *, at=AT):
    confirm_factor_reset(actor=actor_of(admin), at=at, user_id=user.pk)


def test_two_administrators_take_everything_away_and_all_sessions_end():
    first, second, user = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    make_recovery_codes(actor=actor_of(user), at=AT, user_id=user.pk)
    epoch = user.session_epoch
    ask(first, user)
    assert user.totp_devices.exists()
    confirm(second, user)
    user.refresh_from_db()
    assert not user.totp_devices.exists()
    assert not user.recovery_codes.exists()
    assert user.session_epoch == epoch + 1


def test_whoever_asked_does_not_confirm():
    """Checklist 15."""
    first, user = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    ask(first, user)
    with pytest.raises(AccountRefused, match="Another administrator"):
        confirm(first, user)
    assert user.totp_devices.exists()


def test_a_request_is_good_for_a_day_and_then_asked_anew():
    first, second, user = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    ask(first, user)
    with pytest.raises(AccountRefused, match="asked for already"):
        ask(second, user, at=AT + DAY - MOMENT)
    with pytest.raises(AccountRefused, match="Ask for it again"):
        confirm(second, user, at=AT + DAY)
    ask(second, user, at=AT + DAY)
    confirm(first, user, at=AT + DAY)
    assert not user.totp_devices.exists()


@pytest.mark.parametrize("end", [disable_account, revoke_administrator], ids=["closed", "role taken"])
def test_a_request_is_void_once_its_asker_is_no_administrator(end):
    first, second, user = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    ask(first, user)
    end(actor=actor_of(second), at=AT, user_id=first.pk)
    with pytest.raises(AccountRefused, match="Ask for it again"):
        confirm(second, user)
    assert user.totp_devices.exists()


def test_nobody_resets_their_own_factors():
    first, second = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR)
    with pytest.raises(AccountRefused):
        ask(first, first)
    ask(second, first)
    with pytest.raises(AccountRefused):
        confirm(first, first)


@pytest.mark.parametrize("role", sorted({Role.AGENT, Role.LEAD, Role.PRIVACY_OFFICER, Role.AUDITOR}))
def test_others_do_not_ask_for_it(role):
    with pytest.raises(AccountRefused):
        ask(staff(role), staff(Role.AGENT))


def test_the_system_alone_does_not_either():
    with pytest.raises(AccountRefused):
        ask_factor_reset(actor=SYSTEM, at=AT, user_id=staff(Role.AGENT).pk, reason="x")


def test_the_database_itself_wants_two_people():
    first, user = staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.create(
            user=user, reason="x", asked_at=AT, asked_by=first, confirmed_at=AT, confirmed_by=first
        )


def test_the_command_wants_the_passwords_of_two_administrators(monkeypatch):
    emails = [an_email() for _ in range(3)]
    staff(Role.ADMINISTRATOR, email=emails[0])
    staff(Role.ADMINISTRATOR, email=emails[1])
    user = staff(Role.AGENT, email=emails[2])
    typed = iter([PASSWORD, "wrong", PASSWORD, PASSWORD])
    monkeypatch.setattr("members.management.commands.reset_factor.getpass", lambda _: next(typed))
    monkeypatch.setattr("members.management.commands.reset_factor.CONSOLE", an_email())
    arguments = {"asked_by": emails[0], "confirmed_by": emails[1], "reason": "card"}
    with pytest.raises(CommandError, match="not the password"):
        call_command("reset_factor", emails[2], **arguments)
    assert user.totp_devices.exists()
    call_command("reset_factor", emails[2], **arguments)
    assert not user.totp_devices.exists()


def typing(monkeypatch, *passwords):
    typed = iter(passwords)
    monkeypatch.setattr("members.management.commands.reset_factor.getpass", lambda _: next(typed))


def three():
    """Return the addresses of two administrators and of an agent, and the agent."""
    emails = [an_email() for _ in range(3)]
    for email in emails[:2]:
        staff(Role.ADMINISTRATOR, email=email)
    return emails, staff(Role.AGENT, email=emails[2])


@pytest.fixture
def _own_console(monkeypatch):
    """Counters outlive a test."""
    monkeypatch.setattr("members.management.commands.reset_factor.CONSOLE", an_email())


@pytest.mark.usefixtures("_own_console")
def test_by_command_the_second_confirms_what_was_asked_for_on_screen(monkeypatch):
    (first, second, email), user = three()
    at = timezone.now()
    asker = User.objects.of_email(first).get()
    ask_factor_reset(actor=actor_of(asker), at=at, user_id=user.pk, reason="staff card")
    typing(monkeypatch, PASSWORD, PASSWORD, PASSWORD)
    with pytest.raises(CommandError, match="Leave out --asked-by and --reason to confirm"):
        call_command("reset_factor", email, asked_by=first, confirmed_by=second, reason="card")
    call_command("reset_factor", email, confirmed_by=second)
    assert not user.totp_devices.exists()


@pytest.mark.usefixtures("_own_console")
def test_wrong_passwords_at_the_console_are_counted_and_recorded(monkeypatch):
    (first, second, email), user = three()
    typing(monkeypatch, *["wrong"] * 5, PASSWORD)
    for _ in range(6):
        with pytest.raises(CommandError, match="not the password"):
            call_command("reset_factor", email, asked_by=first, confirmed_by=second, reason="card")
    assert Event.objects.filter(action="session.failed", object_id=User.objects.of_email(first).get().pk).count() == 6
    assert user.totp_devices.exists()


@pytest.mark.usefixtures("_own_console")
def test_an_administrator_whose_password_is_shut_does_not_count(monkeypatch):
    (first, second, email), user = three()
    User.objects.of_email(first).update(recovery_forced_at=AT)
    typing(monkeypatch, PASSWORD, PASSWORD)
    with pytest.raises(CommandError, match="it is shut"):
        call_command("reset_factor", email, asked_by=first, confirmed_by=second, reason="card")
    assert user.totp_devices.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "x" * 201, "asked_by": "kim@example.org"}, "Use 200 characters or less."),
        ({"reason": " ", "asked_by": "kim@example.org"}, "Say how this person showed who they are."),
        ({"asked_by": "kim@example.org"}, "go together"),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused_before_anybody_types_a_password(given, said):
    with pytest.raises(CommandError, match=said):
        call_command("reset_factor", "lee@example.org", confirmed_by="dana@example.org", **given)
