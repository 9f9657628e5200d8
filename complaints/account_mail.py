"""Tells people of changes to their accounts, and sends the links they asked for, through the one outbox of mail."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.dispatch import receiver

from complaints.correspondence.models import DispatchKind
from complaints.correspondence.operations import request_dispatch
from members.accounts.models import AccessReview, User
from members.accounts.signals import (
    ADDRESS_OF_LINK,
    AccountChange,
    LinkKind,
    RoleChange,
    account_changed,
    link_wanted,
    review_changed,
    role_changed,
)
from members.actors import SYSTEM, Role
from members.acts import Act
from members.identifiers import new_id
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from members.queries import holders_of
from slas.operations import open_matter

MATTER_KIND = "account"


@receiver(account_changed)
def tell_of_change(*, this: Act, user_id: UUID, change: AccountChange, **_others: Any) -> None:
    """Ask for one e-mail about this change, in the transaction that makes it.

    It goes to the address of this moment, whatever becomes of the account before the mail is sent.
    """
    address = _address_now(this, user_id, "email")
    _ask(this, user_id, DispatchKind.ACCOUNT_CHANGED, {"change": str(change)}, address=address)


@receiver(link_wanted)
def send_link(
    *, this: Act, kind: LinkKind, user_id: UUID | None = None, member_id: UUID | None = None, **_others: Any
) -> None:
    """Ask for one e-mail with a link; the link itself is made when the e-mail is sent."""
    detail = {"link": str(kind)} | ({"member": str(member_id)} if member_id else {})
    address = _address_now(this, user_id, ADDRESS_OF_LINK[kind]) if user_id else None
    _ask(this, user_id, DispatchKind.ACCOUNT_LINK, detail, address=address)


@receiver(role_changed)
def tell_of_role(*, this: Act, user: User, role: Role, change: RoleChange, **_others: Any) -> None:
    """Ask for one e-mail to whose role it is, and for an administrator's to all others who watch over access.

    Whoever gets an account with its roles is told by the link to it.
    """
    detail = {"change": str(change), "role": str(role)}
    if not this.is_new(User, user.pk):
        _ask(this, user.pk, DispatchKind.ACCOUNT_CHANGED, detail, address=_address_now(this, user.pk, "email"))
    if role == Role.ADMINISTRATOR:
        watching = holders_of(Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, at=this.at).values()
        for user_id in sorted({person.user_id for people in watching for person in people} - {user.pk}):
            _ask(this, user_id, DispatchKind.ROLE_CHANGED, {**detail, "user": str(user.pk)})


@receiver(review_changed)
def tell_administrators(*, this: Act, review: AccessReview, change: str, **_others: Any) -> None:
    """Ask for one e-mail to each administrator: a round waits for answers, or is over."""
    for person in holders_of(Role.ADMINISTRATOR, at=this.at)[Role.ADMINISTRATOR]:
        detail = {"review": change, "due_at": review.due_at.isoformat()}
        _ask(this, person.user_id, DispatchKind.ACCESS_REVIEW, detail)


def _address_now(this: Act, user_id: UUID, field: str) -> str:
    with phi_access(actor=SYSTEM, purpose=Purpose.ACCOUNT_MAIL, at=this.at):
        return str(getattr(this.lock(User, user_id), field))


def _ask(
    this: Act, user_id: UUID | None, kind: DispatchKind, detail: dict[str, str], *, address: str | None = None
) -> None:
    matter = open_matter(
        this=this, kind=MATTER_KIND, time_zone=settings.HOUSE_TIME_ZONE, language=settings.LANGUAGE_CODE
    )
    request_dispatch(
        this=this,
        matter_id=matter.pk,
        kind=kind,
        key=f"account:{new_id()}",
        to_user_id=user_id,
        address=address,
        detail=detail,
    )
