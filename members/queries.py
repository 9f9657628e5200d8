"""What is asked about members."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery

from members.accounts import sessions
from members.accounts.audiences import Standing
from members.accounts.models import Passkey, RecoveryCode, RoleGrant, Session, TotpDevice, User
from members.actors import Actor, Scope
from members.models import Absence, Member, Representation, Skill, TeamMembership, member_number_index


def member_of(actor: Actor) -> Member | None:
    """Return the actor's own member record, still sealed, or None for somebody who is no member."""
    if actor.member_id is None:
        return None
    return Member.objects.visible_to(actor).filter(pk=actor.member_id).first()


def member_represented(actor: Actor, member_number: str) -> Member | None:
    """Return the member with this number, still sealed, if the actor may file for that member; else None."""
    allowed = actor.members(Scope.FILE) - {actor.member_id}
    if not allowed or not member_number:
        return None
    rows = Member.objects.unscoped("the actor may file for this member").filter(pk__in=allowed)
    return rows.filter(member_number_index=member_number_index(member_number)).first()


def actor_now(user_id: UUID | None, *, at: datetime) -> Actor | None:
    """Return somebody with what the person may do at this moment, None for nobody with an open account: one query."""
    user = User.objects.with_standing().filter(pk=user_id, is_active=True).first() if user_id else None
    return user.as_actor(at=at) if user else None


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a staff role, and the members that this person may be or act for as well."""

    user_id: UUID
    member_ids: frozenset[UUID]
    name: str


@dataclass(frozen=True, slots=True)
class AtWork:
    """What somebody can do here on one day, and who stands in if the person is away."""

    skills: frozenset[str] = frozenset()
    team_id: UUID | None = None
    is_away: bool = False
    stand_in_id: UUID | None = None


def at_work(user_ids: Collection[UUID], *, on: date) -> dict[UUID, AtWork]:
    """Return how these people stand at work on this day: one query. Of two absences the one recorded last counts."""
    away = Absence.objects.filter(user=OuterRef("pk"), first_on__lte=on, last_on__gte=on).order_by("-recorded_at")
    rows = User.objects.filter(pk__in=user_ids).annotate(
        codes=ArraySubquery(Skill.objects.filter(user=OuterRef("pk")).values("code")),
        team=Subquery(TeamMembership.objects.filter(user=OuterRef("pk"), until=None).values("team_id")[:1]),
        absence=Subquery(away.values("pk")[:1]),
        stand_in=Subquery(away.values("stand_in_id")[:1]),
    )
    found = rows.values_list("pk", "codes", "team", "absence", "stand_in")
    return {
        user_id: AtWork(frozenset(codes), team, absence is not None, stand_in)
        for user_id, codes, team, absence, stand_in in found
    }


def holders_of(*roles: str, at: datetime) -> dict[str, list[Holder]]:
    """Return for each of these staff roles the active users who hold it now, longest first: one query.

    For whom they act is told for the moment `at`. A role that nobody holds has an empty list.
    """
    acting = Representation.objects.unscoped("whose complaints are not theirs to handle")
    acting = acting.filter(Representation.in_force(at), user=OuterRef("user")).values("member_id")
    grants = RoleGrant.objects.filter(role__in=roles, revoked_at=None, user__is_active=True)
    rows = grants.annotate(represented=ArraySubquery(acting)).order_by("granted_at", "pk")
    columns = ("role", "user_id", "user__display_name", "user__member__pk", "represented")
    found: dict[str, list[Holder]] = defaultdict(list)
    for role, user_id, name, member_id, represented in rows.values_list(*columns):
        found[role].append(Holder(user_id, frozenset({member_id, *represented} - {None}), name))
    return found


def factor_being_enrolled(*, user_id: UUID, factor_id: str | None) -> TotpDevice | None:
    """Return the factor that this user began to enrol, its key still sealed."""
    if factor_id is None:
        return None
    return TotpDevice.objects.filter(pk=factor_id, user=user_id, confirmed=False).first()


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A place where somebody's password was typed, and whether the person got in with it.

    `is_near` tells whether the person has last shown who it is at the network that asks now.
    """

    handle: UUID | None
    device: str
    started_at: datetime | None
    seen_at: datetime | None
    is_this: bool
    is_near: bool
    is_in: bool


def open_sessions(
    user: User, *, at: datetime, this: UUID | None = None, network: str | None = None
) -> list[OpenSession]:
    """Return the sessions of a user that still open anything, this one first, then the one seen last: one query.

    The user must come from `with_standing()`; `this` is the handle of the session that asks, `network` its network.
    """
    found = []
    for row in Session.of(user.pk).filter(expire_date__gt=at).order_by("-seen_at"):
        told = row.get_decoded()
        if not sessions.lasts(told, user, at=at):
            continue
        found.append(
            OpenSession(
                handle=row.handle,
                device=row.device,
                started_at=row.started_at,
                seen_at=row.seen_at,
                is_this=row.handle is not None and row.handle == this,
                is_near=sessions.last_network(told) == network,
                is_in=sessions.standing_of(told, user) is Standing.SIGNED_IN,
            )
        )
    return sorted(found, key=lambda session: not session.is_this)


@dataclass(frozen=True, slots=True)
class Factors:
    """What lets a user in beside the password."""

    apps: list[TotpDevice]
    passkeys: list[Passkey]
    codes_left: int


def factors_of(user_id: UUID) -> Factors:
    """Return the confirmed second factors, still sealed, and how many recovery codes are left: three queries."""
    return Factors(
        list(TotpDevice.objects.filter(user=user_id, confirmed=True).order_by("created_at")),
        list(Passkey.objects.filter(user=user_id).order_by("created_at")),
        RecoveryCode.objects.filter(user=user_id, used_at=None).count(),
    )
