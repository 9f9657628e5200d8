"""Who may change accounts, roles and teams: administrators, one act at a time, and never so that none is left."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.accounts.models import RoleGrant, User
from members.accounts.refusals import AccountRefused
from members.actors import Actor, ActorKind, Role
from members.acts import Act, act

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('administration', 0))"


@contextmanager
def administration(*, actor: Actor, at: datetime) -> Iterator[Act]:
    """Open an act on the people who work here, for administrators and for the system itself.

    One such act runs at a time, so that each sees what the one before did: who acts is an administrator at that
    moment, whatever the gate has read, and what would take the last administrator away is refused as a whole. Raises
    AccountRefused.
    """
    is_system = actor.kind == ActorKind.SYSTEM
    _demand(actor, administers=is_system or actor.has(Role.ADMINISTRATOR))
    with act(actor=actor, at=at) as this:
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        _demand(actor, administers=is_system or administrators().filter(user=actor.user_id).exists())
        yield this
        _leave_an_administrator(this)


def administrators() -> QuerySet[RoleGrant]:
    """Return the grants of those who can give and take roles now."""
    return RoleGrant.objects.filter(role=Role.ADMINISTRATOR, revoked_at=None, user__is_active=True)


def lock_colleague(this: Act, user_id: UUID, *, is_open: bool = False) -> User:
    """Return somebody who works or worked here, locked.

    Raises User.DoesNotExist, for accounts of members too: who looks after doors has nothing to do with theirs. With
    `is_open` it raises AccountRefused for a closed account.
    """
    if not RoleGrant.objects.filter(user=user_id).exists():
        raise User.DoesNotExist
    user = this.lock(User, user_id)
    if is_open and not user.is_active:
        raise AccountRefused(_("The account of %(name)s is closed. Open it again first.") % {"name": user})
    return user


def _demand(actor: Actor, *, administers: bool) -> None:
    if actor.kind != ActorKind.SYSTEM and not administers:
        raise AccountRefused(_("%(name)s does not administer accounts. Ask an administrator.") % {"name": actor.label})


def _leave_an_administrator(this: Act) -> None:
    """Refuse an act that has taken the role from the last who had it. Raises AccountRefused."""
    taken = {grant.pk for grant in this.held(RoleGrant, role=Role.ADMINISTRATOR) if grant.revoked_at is not None}
    if taken and not administrators().exclude(pk__in=taken).exists():
        raise AccountRefused(
            _("Nobody could give any role then. Make somebody else an administrator first, then try again.")
        )
