"""Somebody who acts for a member, recorded and confirmed by two colleagues."""

from collections.abc import Collection
from datetime import datetime, timedelta

from members.accounts.models import User
from members.actors import Actor, Role, Scope
from members.models import Member, Representation, RepresentationKind
from members.operations import confirm_representation, record_representation
from members.privacy.access import phi_access
from tests.people import AT, SYSTEM, actor_of, an_email, staff

LASTS = timedelta(days=90)


def email_of(user: User) -> str:
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        return user.email


def recorded(
    member: Member,
    user: User | None = None,
    scope: Collection[Scope] = tuple(Scope),
    *,
    at: datetime = AT,
    by: Actor | None = None,
) -> Representation:
    """Return an authorisation that nobody has confirmed yet."""
    return record_representation(
        actor=by or actor_of(staff(Role.AGENT)),
        at=at,
        member_id=member.pk,
        email=email_of(user) if user else an_email(),
        name="Max Brod",
        kind=RepresentationKind.REPRESENTATIVE,
        scope=scope,
        expires_at=at + LASTS,
        evidence="HIPAA form of March 2, scan 4711",
    )


def represented(
    member: Member, user: User | None = None, scope: Collection[Scope] = tuple(Scope), *, at: datetime = AT
) -> Representation:
    """Return an authorisation that counts from this moment on."""
    row = recorded(member, user, scope, at=at)
    confirm_representation(actor=actor_of(staff(Role.LEAD)), at=at, representation_id=row.pk)
    row.refresh_from_db()
    return row
