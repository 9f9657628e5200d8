"""What takes a case out of somebody's hands: each is done to an account, of the member whom the case is about."""

from datetime import datetime

from members.accounts.models import User
from members.actors import SYSTEM
from members.models import Member
from members.operations import disable_account, revoke_role
from tests.complaints.stages import AT
from tests.members.representing import represented
from tests.people import actor_of


def left(user: User, _member: Member, *, at: datetime = AT) -> None:
    disable_account(actor=SYSTEM, at=at, user_id=user.pk)


def without_a_role(user: User, _member: Member, *, at: datetime = AT) -> None:
    for role in actor_of(user).roles:
        revoke_role(actor=SYSTEM, at=at, user_id=user.pk, role=role)


def acting_for_the_member(user: User, member: Member, *, at: datetime = AT) -> None:
    represented(member, user, at=at)


LEAVING = (left, without_a_role, acting_for_the_member)
