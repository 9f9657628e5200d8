"""Accounts of staff and of members: opened, and closed for good."""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _

from members.accounts.models import TotpDevice, User
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange, LinkKind, link_wanted
from members.actors import STAFF, Actor, Role
from members.acts import Act, act
from members.models import Member, Team
from members.operations._addresses import demand_free_address
from members.operations._authority import administration, lock_colleague
from members.operations._security import give, take, tell_owner
from members.operations.roles import demand_roles_that_go_together
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


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

    Raises AccountRefused (not an administrator, address taken, no role, no staff role, roles that do not go together,
    no name) and Django's ValidationError (password too weak).
    """
    if not roles or not STAFF.issuperset(roles):
        raise AccountRefused(_("A staff account needs at least one role, and staff roles only."))
    demand_roles_that_go_together(roles)
    if not display_name.strip():
        raise AccountRefused(_("Enter a name: colleagues and the audit trail call the person by it."))
    with administration(actor=actor, at=at) as this:
        user = add_user(this, email=email, password=password, display_name=display_name.strip())
        for role in sorted(roles):
            give(this, user, role)
        if totp_key is not None:
            this.add(TotpDevice(user=user, name="", key=totp_key, confirmed=True, created_at=at, confirmed_at=at))
            this.record("factor.enrolled", object_type="user", object_id=user.pk, detail={"factor": "totp"})
    return user


def invite_staff(*, actor: Actor, at: datetime, email: str, display_name: str, roles: Collection[Role]) -> User:
    """Open a staff account that nobody knows the password of, and send its owner a link to choose one.

    Raises AccountRefused as `create_staff_account` does.
    """
    with administration(actor=actor, at=at) as this:
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
            raise AccountRefused(_("This member has an account already. Sign in with it, or ask for a new password."))
        with phi_access(actor=actor, purpose=Purpose.JUDGE_PASSWORD, at=at):
            own_words = (member.name, member.member_number)
        user = add_user(this, email=email, password=password, own_words=own_words)
        this.change(member, user_id=user.pk)
    return user


def disable_account(*, actor: Actor, at: datetime, user_id: UUID) -> None:
    """Close the account of somebody who works here: its sessions end now, it holds no role and leads no team any more.

    Raises User.DoesNotExist and AccountRefused (not an administrator, own account, nobody else is administrator).
    """
    if actor.user_id == user_id:
        raise AccountRefused(_("Nobody closes their own account. Ask another administrator to do it."))
    with administration(actor=actor, at=at) as this:
        user = lock_colleague(this, user_id)
        this.change(user, is_active=False, session_epoch=user.session_epoch + 1)
        user.sessions.all().delete()
        tell_owner(this, user_id, AccountChange.DISABLED)
        for grant in user.role_grants.filter(revoked_at=None).order_by("role"):
            take(this, grant)
        for team in Team.objects.filter(lead=user).order_by("pk"):
            this.change(team, lead_id=None)
            this.record("team.led", object_type="team", object_id=team.pk, detail={"user": ""})


def enable_account(*, actor: Actor, at: datetime, user_id: UUID) -> None:
    """Open an account again, without any role: who gives one says anew that it is needed.

    Raises User.DoesNotExist, AccountRefused.
    """
    if actor.user_id == user_id:
        raise AccountRefused(_("Nobody opens their own account again. Ask another administrator to do it."))
    with administration(actor=actor, at=at) as this:
        this.change(lock_colleague(this, user_id), is_active=True)
        tell_owner(this, user_id, AccountChange.ENABLED)


def add_user(this: Act, *, email: str, password: str, display_name: str = "", own_words: Collection[str] = ()) -> User:
    """Add an account within an act; its password is not made of address, name and `own_words`.

    Raises AccountRefused (address taken) and Django's ValidationError.
    """
    user = User(display_name=display_name, created_at=this.at)
    user.set_email(email)
    demand_free_address(this, user)
    user.own_words = (email, *own_words)
    validate_password(password, user)
    user.set_password(password)
    this.add(user)
    this.record("account.created", object_type="user", object_id=user.pk)
    return user
