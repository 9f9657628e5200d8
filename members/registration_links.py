"""The link by which a member without an account gets one: signed, good for an hour, and void once there is one."""

from uuid import UUID

from django.core import signing

from members.accounts.links import GOOD_FOR
from members.models import Member

SALT = "members.registration"


def make_registration_token(member_id: UUID) -> str:
    """Return the token of a link for this member."""
    return signing.dumps(member_id.hex, salt=SALT)


def read_registration_token(token: str) -> Member | None:
    """Return the member whom a link is for, still sealed, while it is good."""
    try:
        member_id = UUID(hex=signing.loads(token, salt=SALT, max_age=GOOD_FOR))
    except (signing.BadSignature, ValueError):
        return None
    return Member.objects.unscoped("named by a signed link").filter(pk=member_id, user=None).first()
