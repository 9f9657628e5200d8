"""Acting for a member: recorded by one colleague, confirmed by another, ended by whom it concerns."""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from members.accounts.models import User
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange, LinkKind, link_wanted
from members.actors import RECORDS_REPRESENTATION, Actor, Scope
from members.acts import Act, act
from members.models import Member, Representation, RepresentationKind
from members.models.representation import LONGEST
from members.operations._security import tell_owner
from members.operations.accounts import add_user


def record_representation(
    *,
    actor: Actor,
    at: datetime,
    member_id: UUID,
    email: str,
    name: str,
    kind: RepresentationKind,
    scope: Collection[Scope],
    expires_at: datetime,
    evidence: str,
) -> Representation:
    """Write down that the account with this address may act for a member; it counts once a colleague confirms it.

    Who has no account gets one, and a link to choose a password. Raises Member.DoesNotExist, and AccountRefused (no
    agent or lead, a member whom the actor is or acts for, nothing allowed, an end that is past or more than a year
    away, the actor or the member as the one who acts, the same recorded already).
    """
    recorder_id = _demand_staff(actor)
    _demand_sense(at, scope, expires_at)
    if member_id in actor.members():
        raise AccountRefused("A colleague records it: you are this member, or act for this member yourself.")
    with act(actor=actor, at=at) as this:
        member: Member = this.lock(Member, member_id)
        user = User.objects.of_email(email).first() or _invite(this, email)
        if user.pk == actor.user_id:
            raise AccountRefused("A colleague records it if you are the one who acts for the member.")
        if user.pk == member.user_id:
            raise AccountRefused("This is the member's own account. Enter the address of whoever acts for the member.")
        known = Representation.objects.unscoped("whether it is recorded").filter(member=member, user=user, kind=kind)
        if known.filter(revoked_at=None, expires_at__gt=at).exists():
            raise AccountRefused("This is recorded already. End it first if it should be different now.")
        row = Representation(
            member=member,
            user=user,
            kind=kind,
            scope=sorted(str(code) for code in scope),
            name=name,
            evidence=evidence,
            starts_at=at,
            expires_at=expires_at,
            recorded_at=at,
            recorded_by_id=recorder_id,
        )
        this.add(row)
        _note(this, "recorded", row)
    return row


def confirm_representation(*, actor: Actor, at: datetime, representation_id: UUID) -> None:
    """Let it count from now on, and tell the member. Confirming it again changes nothing.

    Raises Representation.DoesNotExist, also for one that is the actor's own or of a member whom the actor acts for, and
    AccountRefused (no agent or lead, recorded by the actor, over).
    """
    _demand_staff(actor)
    with act(actor=actor, at=at) as this:
        row = _lock_at_work(this, representation_id)
        if row.confirmed_at is not None:
            return
        if actor.user_id == row.recorded_by_id:
            raise AccountRefused("A colleague confirms what you have recorded.")
        if row.revoked_at is not None or row.expires_at <= at:
            raise AccountRefused("This is over already.")
        this.change(row, confirmed_at=at, confirmed_by_id=actor.user_id)
        _note(this, "confirmed", row)
        _tell_member(this, row, AccountChange.REPRESENTED)


def revoke_representation(*, actor: Actor, at: datetime, representation_id: UUID) -> None:
    """End the own one, as the member or as whoever acts; it is gone on the next request. Twice changes nothing.

    Raises Representation.DoesNotExist, for everybody else too, whatever their role.
    """
    with act(actor=actor, at=at) as this:
        row: Representation = this.lock(Representation, representation_id)
        if not row.is_own_of(actor):
            raise Representation.DoesNotExist
        _end(this, row)


def revoke_for_member(*, actor: Actor, at: datetime, representation_id: UUID) -> None:
    """End it at work, because the member has asked for it. Ending it again changes nothing.

    Raises Representation.DoesNotExist, for all but agents and leads who have nothing to do with it themselves.
    """
    with act(actor=actor, at=at) as this:
        _end(this, _lock_at_work(this, representation_id))


def _lock_at_work(this: Act, representation_id: UUID) -> Representation:
    """Return it, locked. Raises Representation.DoesNotExist where it is not this actor's to see to at work."""
    row: Representation = this.lock(Representation, representation_id)
    if not row.is_work_of(this.actor):
        raise Representation.DoesNotExist
    return row


def _end(this: Act, row: Representation) -> None:
    if row.revoked_at is not None:
        return
    this.change(row, revoked_at=this.at, revoked_by_id=this.actor.user_id)
    _note(this, "revoked", row)
    if row.confirmed_at is not None:
        _tell_member(this, row, AccountChange.NOT_REPRESENTED)


def _demand_staff(actor: Actor) -> UUID:
    """Return who of the staff it is."""
    if actor.user_id is None or not actor.has(*RECORDS_REPRESENTATION):
        raise AccountRefused(f"{actor.label} does not record who acts for members")
    return actor.user_id


def _demand_sense(at: datetime, scope: Collection[Scope], expires_at: datetime) -> None:
    if not scope:
        raise AccountRefused("Choose at least one thing that is allowed.")
    if {Scope.WRITE, Scope.LETTERS} & set(scope) and Scope.READ not in scope:
        raise AccountRefused("Choose “Read complaints” as well: nobody can answer what they may not read.")
    if not at < expires_at <= at + LONGEST:
        raise AccountRefused("Choose an end that is ahead, and at most one year away.")


def _invite(this: Act, email: str) -> User:
    user = add_user(this, email=email, password=secrets.token_urlsafe(48))
    link_wanted.send(sender=User, this=this, user_id=user.pk, kind=LinkKind.RESET)
    return user


def _tell_member(this: Act, row: Representation, change: AccountChange) -> None:
    if row.member.user_id is not None:
        tell_owner(this, row.member.user_id, change)


def _note(this: Act, fact: str, row: Representation) -> None:
    this.record(
        f"representation.{fact}",
        object_type="representation",
        object_id=row.pk,
        detail={"member": str(row.member_id), "user": str(row.user_id), "scope": ",".join(row.scope)},
    )
