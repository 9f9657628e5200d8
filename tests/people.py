"""People for tests: made by the real operations, signed in with real sessions."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from members.accounts import sessions, totp
from members.accounts.models import User
from members.accounts.passkeys import NewKey
from members.accounts.places import network_of
from members.actors import SYSTEM, Actor, Role
from members.models import LineOfBusiness, Member
from members.operations import add_passkey, create_member_account, create_staff_account, register_member

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PASSWORD = "lantern gravel otter quilt"
TOTP_KEY = b"12345678901234567890"


def an_email() -> str:
    """Return an address nobody has; counters of failed sign-ins outlive a test, so no two tests share one."""
    return f"{uuid4().hex}@example.org"


def staff(*roles: Role, name: str = "Dana Ruiz", email: str | None = None, factor: bool = True) -> User:
    """Return a staff account, with its second factors already set up unless told otherwise."""
    user = create_staff_account(
        actor=SYSTEM,
        at=AT,
        email=email or an_email(),
        display_name=name,
        password=PASSWORD,
        roles=roles,
        totp_key=TOTP_KEY if factor else None,
    )
    if factor and Role.ADMINISTRATOR in roles:
        key = NewKey(uuid4().bytes, b"", 0, ())
        add_passkey(actor=SYSTEM, at=AT, user_id=user.pk, key=key, name="Security key")
        user.refresh_from_db()
    return user


def member(*, name: str = "Joseph K", email: str | None = None) -> Member:
    """Return a member without an account."""
    return register_member(
        actor=SYSTEM,
        at=AT,
        member_number=uuid4().hex,
        name=name,
        email=email or an_email(),
        line_of_business=LineOfBusiness.GROUP,
    )


def member_account(*, person: Member | None = None, email: str | None = None) -> User:
    """Return the account of a member."""
    return create_member_account(
        actor=SYSTEM, at=AT, member_id=(person or member()).pk, email=email or an_email(), password=PASSWORD
    )


def actor_of(user: User, *, at: datetime = AT) -> Actor:
    """Return the signed-in person with the roles it holds now, and what it may do for others at this moment."""
    return User.objects.with_standing().get(pk=user.pk).as_actor(at=at)


def sign_in(client: Client, user: User, *, at: datetime | None = None) -> User:
    """Sign somebody in as if password and second factor had just been shown; return the user."""
    client.force_login(user)
    session = client.session
    sessions.begin(session, at=at or timezone.now(), network=network_of(RequestFactory(**client.defaults).get("/")))
    if factor := user.passkeys.first() or user.totp_devices.filter(confirmed=True).first():
        session[sessions.FACTOR] = str(factor.pk)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return user


def code_now(*, steps: int = 0) -> str:
    """Return the code that the authenticator app of tests shows now, or some steps of 30 seconds later."""
    return totp.code_at(TOTP_KEY, timezone.now() + timedelta(seconds=30 * steps))
