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
    named = _read(token, kind)
    user = User.objects.filter(pk=named[0], is_active=True).first() if named else None
    return user if user and holds(token, kind, user) else None


def holds(token: str, kind: LinkKind, user: User) -> bool:
    """Tell whether a link is for this user as the row is now: ask within the act, of the locked row."""
    return _read(token, kind) == (user.pk, _state(user, kind)) and user.is_active


def _read(token: str, kind: LinkKind) -> tuple[UUID, str] | None:
    try:
        user_id, state = signing.loads(token, salt=f"accounts.{kind}", max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return UUID(hex=user_id), state


def _state(user: User, kind: LinkKind) -> str:
    """Return what changes when the link has done its work: password and sessions, or the address that was asked for."""
    about = (
        f"{user.get_session_auth_hash()}:{user.email_change}"
        if kind == LinkKind.NEW_EMAIL
        else user.get_session_auth_hash()
    )
    return salted_hmac("accounts.links", about).hexdigest()[:32]
