"""Links that e-mails carry: signed, good for an hour, and void as soon as what they were made for has changed."""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.utils.crypto import salted_hmac

from members.accounts.models import User
from members.accounts.signals import LinkKind

GOOD_FOR = timedelta(hours=1)


def make_token(user: User, kind: LinkKind) -> str:
    """Return the token of a link for this user."""
    return signing.dumps([user.pk.hex, _state(user, kind)], salt=f"accounts.{kind}")


def read_token(token: str, kind: LinkKind) -> User | None:
    """Return the active user whom a link of this kind is for, while it is good."""
    try:
        user_id, state = signing.loads(token, salt=f"accounts.{kind}", max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=UUID(hex=user_id), is_active=True).first()
    return user if user and state == _state(user, kind) else None


def _state(user: User, kind: LinkKind) -> str:
    """Return what changes when the link has done its work: password and sessions, or the address that was asked for."""
    about = (
        f"{user.get_session_auth_hash()}:{user.email_change}"
        if kind == LinkKind.NEW_EMAIL
        else user.get_session_auth_hash()
    )
    return salted_hmac("accounts.links", about).hexdigest()[:32]
