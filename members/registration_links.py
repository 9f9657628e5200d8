"""The link by which a member without an account gets one: signed, good for an hour, and void once there is one.

It is bound to the address that it was sent to: who reads mail there opens no account after the address on file changed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core import signing

from members.accounts.links import GOOD_FOR
from members.accounts.models import email_index
from members.actors import GUEST, SYSTEM
from members.models import Member
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

SALT = "members.registration"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may open an account, and with which address."""

    member_id: UUID
    email: str


def make_registration_token(member_id: UUID, *, at: datetime) -> str:
    """Return the token of a link for this member at the address on file."""
    member = Member.objects.unscoped("who gets a link").get(pk=member_id)
    with phi_access(actor=SYSTEM, purpose=Purpose.BIND_LINK, at=at):
        return signing.dumps([member_id.hex, email_index(member.email or "").hex()], salt=SALT)


def read_registration_token(token: str, *, at: datetime) -> Invitation | None:
    """Return whom a link is for, while it is good and the address on file is the one it was sent to."""
    try:
        member_id, index = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    member = Member.objects.unscoped("named by a signed link").filter(pk=UUID(hex=member_id), user=None).first()
    if member is None:
        return None
    with phi_access(actor=GUEST, purpose=Purpose.OPEN_ACCOUNT, at=at):
        email = member.email or ""
    return Invitation(member.pk, email) if email and email_index(email).hex() == index else None
