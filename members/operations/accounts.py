"""Accounts of staff and of members: opened, and closed for good."""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password

from members.accounts.models import RoleGrant, TotpDevice, User
from members.accounts.refusals import AccountRefused
from members.accounts.signals import LinkKind, link_wanted
from members.actors import STAFF, Actor, Role
from members.acts import Act, act
from members.models import Member
from members.operations._authority import demand_administrator


def create_staff_account(
    *,
    actor: Actor,
    at: datetime,
    email: str,
    display_name: str,
    password: str,
    roles: Collection[Role],
    totp_key: bytes | None = None,
) -> User:
    """Open an account that holds staff roles. Without `totp_key` its first sign-in leads to enrolling a factor.

    Raises AccountRefused (not an administrator, address taken, no role, no staff role, no name) and Django's
    ValidationError (password too weak).
    """
    demand_administrator(actor)
    if not roles or not STAFF.issuperset(roles):
        raise AccountRefused("a staff account needs at least one role, and staff roles only")
    if not display_name.strip():
        raise AccountRefused("a staff account needs a name: colleagues and the audit trail call the person by it")
    with act(actor=actor, at=at) as this:
        user = add_user(this, email=email, password=password, display_name=display_name.strip())
        for role in sorted(roles):
            this.add(RoleGrant(user=user, role=role, granted_at=at, granted_by_id=actor.user_id))
            this.record("role.granted", object_type="user", object_id=user.pk, detail={"role": str(role)})
        if totp_key is not None:
            this.add(TotpDevice(user=user, name="", key=totp_key, confirmed=True, created_at=at, confirmed_at=at))
            this.record("factor.enrolled", object_type="user", object_id=user.pk, detail={"factor": "totp"})
    return user


def invite_staff(*, actor: Actor, at: datetime, email: str, display_name: str, roles: Collection[Role]) -> User:
    """Open a staff account that nobody knows the password of, and send its owner a link to choose one.

    Raises AccountRefused as `create_staff_account` does.
    """
    with act(actor=actor, at=at) as this:
        user = create_staff_account(
            actor=actor,
            at=at,
            email=email,
            display_name=display_name,
            password=secrets.token_urlsafe(48),
            roles=roles,
        )
        link_wanted.send(sender=User, this=this, user_id=user.pk, kind=LinkKind.RESET)
    return user


def create_member_account(*, actor: Actor, at: datetime, member_id: UUID, email: str, password: str) -> User:
    """Open the account of a member who has none.

    Raises Member.DoesNotExist, AccountRefused (address taken, has an account already) and Django's ValidationError.
    """
    with act(actor=actor, at=at) as this:
        member = this.lock(Member, member_id)
        if member.user_id is not None:
            raise AccountRefused("this member has an account already")
        user = add_user(this, email=email, password=password)
        this.change(member, user_id=user.pk)
    return user


def disable_account(*, actor: Actor, at: datetime, user_id: UUID) -> None:
    """Close an account; all its sessions end now. Raises User.DoesNotExist, AccountRefused."""
    demand_administrator(actor)
    if actor.user_id == user_id:
        raise AccountRefused("nobody closes their own account: somebody must be left to open it again")
    with act(actor=actor, at=at) as this:
        user = this.lock(User, user_id)
        this.change(user, is_active=False, session_epoch=user.session_epoch + 1)
        user.sessions.all().delete()
        this.record("account.disabled", object_type="user", object_id=user_id)


def enable_account(*, actor: Actor, at: datetime, user_id: UUID) -> None:
    """Open an account again, with the roles it still has. Raises User.DoesNotExist, AccountRefused."""
    demand_administrator(actor)
    if actor.user_id == user_id:
        raise AccountRefused("nobody opens their own account again")
    with act(actor=actor, at=at) as this:
        this.change(this.lock(User, user_id), is_active=True)
        this.record("account.enabled", object_type="user", object_id=user_id)


def add_user(this: Act, *, email: str, password: str, display_name: str = "") -> User:
    """Add an account within an act. Raises AccountRefused (address taken) and Django's ValidationError."""
    user = User(display_name=display_name, created_at=this.at)
    user.set_email(email)
    if User.objects.of_email(email).exists() or this.added(User, email_index=user.email_index):
        raise AccountRefused("this e-mail address has an account already")
    validate_password(password, user)
    user.set_password(password)
    this.add(user)
    this.record("account.created", object_type="user", object_id=user.pk)
    return user
