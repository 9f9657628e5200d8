"""Staff roles: granted by one person to another, revoked, never edited."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from members.accounts.models import AccessReview, ReviewedGrant, RoleGrant
from members.accounts.refusals import AccountRefused, RolesClash
from members.actors import ALONE, STAFF, Actor, Role
from members.acts import Act
from members.operations._authority import administration, lock_colleague
from members.operations._security import give, take


def grant_role(*, actor: Actor, at: datetime, user_id: UUID, role: Role) -> RoleGrant:
    """Give somebody who works here a role; it acts on the person's next request.

    A role that is given again in the quarter's access review after it was taken is asked after in that same review.
    Raises User.DoesNotExist and AccountRefused (not an administrator, own account, closed account, no staff role, held
    already, roles that do not go together).
    """
    if actor.user_id == user_id:
        raise AccountRefused(_("Nobody gives a role to themselves. Ask another administrator to do it."))
    if role not in STAFF:
        raise AccountRefused(_("%(role)s is no staff role. Choose another one.") % {"role": role.label})
    with administration(actor=actor, at=at) as this:
        user = lock_colleague(this, user_id, is_open=True)
        held = set(user.role_grants.filter(revoked_at=None).values_list("role", flat=True))
        if role in held:
            raise AccountRefused(_("%(name)s has this role already.") % {"name": user})
        demand_roles_that_go_together({*held, role})
        grant = give(this, user, role)
        _ask_again(this, grant)
    return grant


def revoke_role(*, actor: Actor, at: datetime, user_id: UUID, role: Role) -> None:
    """Take a role from a user; it is gone on the user's next request.

    Raises User.DoesNotExist and AccountRefused (not an administrator, not held, nobody else is administrator).
    """
    with administration(actor=actor, at=at) as this:
        user = lock_colleague(this, user_id)
        grant = user.role_grants.filter(role=role, revoked_at=None).first()
        if grant is None:
            raise AccountRefused(_("%(name)s does not have this role any more.") % {"name": user})
        take(this, grant)


def demand_roles_that_go_together(roles: Collection[str]) -> None:
    """Refuse an administrator or an auditor with any other role (45 CFR 164.312(a), ISO 27001, 5.3).

    Raises RolesClash.
    """
    if len(roles) > 1 and (alone := ALONE.intersection(roles)):
        raise RolesClash(
            _("%(role)s goes with no other role. Give the person that one alone, or take it away first.")
            % {"role": Role(min(alone)).label}
        )


def _ask_again(this: Act, grant: RoleGrant) -> None:
    """Put a role into the open round that has asked after it already: taken and given again is not answered."""
    review = AccessReview.objects.filter(closed_at=None).first()
    asked = review and review.grants.filter(grant__user=grant.user_id, grant__role=grant.role).exists()
    if asked:
        this.add(ReviewedGrant(review=review, grant=grant))
