"""Everything that changes members and their accounts. Each operation is one act and writes its audit events."""

from members.operations.access_reviews import (
    close_overdue_review,
    decide_on_grant,
    open_access_review,
    record_review_export,
)
from members.operations.accounts import (
    create_member_account,
    create_staff_account,
    disable_account,
    enable_account,
    invite_staff,
)
from members.operations.email import ask_email_change, confirm_email
from members.operations.factor_resets import ask_factor_reset, confirm_factor_reset
from members.operations.factors import CodeOutcome, confirm_totp, enrol_totp, remove_factor, verify_code
from members.operations.passkeys import add_passkey, verify_passkey
from members.operations.passwords import answer_reset, ask_reset, change_password, confirm_password, reset_password
from members.operations.recovery_codes import make_recovery_codes, use_recovery_code
from members.operations.registration import KnownBy, answer_registration, ask_registration, register_member
from members.operations.representations import (
    confirm_representation,
    record_representation,
    revoke_for_member,
    revoke_representation,
)
from members.operations.roles import grant_role, revoke_role
from members.operations.sessions import (
    check_password,
    end_session,
    end_sessions,
    end_sessions_of,
    forget_expired_sessions,
    start_session,
)
from members.operations.teams import create_team, end_team, join_team, lead_team, rename_team
from members.operations.work import end_absence, record_absence, set_skills

__all__ = [
    "CodeOutcome",
    "KnownBy",
    "add_passkey",
    "answer_registration",
    "answer_reset",
    "ask_email_change",
    "ask_factor_reset",
    "ask_registration",
    "ask_reset",
    "change_password",
    "check_password",
    "close_overdue_review",
    "confirm_email",
    "confirm_factor_reset",
    "confirm_password",
    "confirm_representation",
    "confirm_totp",
    "create_member_account",
    "create_staff_account",
    "create_team",
    "decide_on_grant",
    "disable_account",
    "enable_account",
    "end_absence",
    "end_session",
    "end_sessions",
    "end_sessions_of",
    "end_team",
    "enrol_totp",
    "forget_expired_sessions",
    "grant_role",
    "invite_staff",
    "join_team",
    "lead_team",
    "make_recovery_codes",
    "open_access_review",
    "record_absence",
    "record_representation",
    "record_review_export",
    "register_member",
    "remove_factor",
    "rename_team",
    "reset_password",
    "revoke_for_member",
    "revoke_representation",
    "revoke_role",
    "set_skills",
    "start_session",
    "use_recovery_code",
    "verify_code",
    "verify_passkey",
]
