"""Everything that changes members and their accounts. Each operation is one act and writes its audit events."""

from members.operations.accounts import create_member_account, create_staff_account, disable_account
from members.operations.factors import CodeOutcome, confirm_totp, enrol_totp, verify_code
from members.operations.registration import register_member
from members.operations.roles import grant_role, revoke_role
from members.operations.sessions import check_password, end_session, forget_expired_sessions, start_session

__all__ = [
    "CodeOutcome",
    "check_password",
    "confirm_totp",
    "create_member_account",
    "create_staff_account",
    "disable_account",
    "end_session",
    "enrol_totp",
    "forget_expired_sessions",
    "grant_role",
    "register_member",
    "revoke_role",
    "start_session",
    "verify_code",
]
