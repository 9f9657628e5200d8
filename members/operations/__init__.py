"""Everything that changes members and their accounts. Each operation is one act and writes its audit events."""

from members.operations.accounts import create_member_account, create_staff_account, disable_account
from members.operations.email import ask_email_change, confirm_email
from members.operations.factors import CodeOutcome, confirm_totp, enrol_totp, remove_factor, verify_code
from members.operations.passkeys import add_passkey, verify_passkey
from members.operations.passwords import ask_reset, change_password, confirm_password
from members.operations.recovery_codes import make_recovery_codes, use_recovery_code
from members.operations.registration import register_member
from members.operations.roles import grant_role, revoke_role
from members.operations.sessions import (
    check_password,
    end_session,
    end_sessions,
    forget_expired_sessions,
    start_session,
)

__all__ = [
    "CodeOutcome",
    "add_passkey",
    "ask_email_change",
    "ask_reset",
    "change_password",
    "check_password",
    "confirm_email",
    "confirm_password",
    "confirm_totp",
    "create_member_account",
    "create_staff_account",
    "disable_account",
    "end_session",
    "end_sessions",
    "enrol_totp",
    "forget_expired_sessions",
    "grant_role",
    "make_recovery_codes",
    "register_member",
    "remove_factor",
    "revoke_role",
    "start_session",
    "use_recovery_code",
    "verify_code",
    "verify_passkey",
]
