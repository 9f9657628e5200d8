"""What administrators see of the people who work here. No member's data: they look after doors, not after cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.accounts.models import AccessReview, FactorReset, ReviewedGrant, RoleGrant, User
from members.actors import ALONE, STAFF, Actor, Role
from members.audit.models import Event
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from members.queries import OpenSession, open_sessions

SHOWN_EVENTS = 20
HAPPENED: Mapping[str, Promise] = MappingProxyType(
    {
        "account.created": _("The account was opened"),
        "account.codes_guessed": _("Many wrong codes behind the right password"),
        "account.disabled": _("The account was closed"),
        "account.enabled": _("The account was opened again"),
        "account.reset_asked": _("A link for a new password was asked for"),
        "account.password_changed": _("The password was changed"),
        "account.email_change_asked": _("A link to a new email address was asked for"),
        "account.email_changed": _("The email address was changed"),
        "account.app_added": _("An app was added"),
        "account.app_removed": _("An app was removed"),
        "account.consent_recorded": _("A consent on paper was recorded"),
        "account.passkey_added": _("A passkey was added"),
        "account.passkey_removed": _("A passkey was removed"),
        "account.codes_made": _("New recovery codes were made"),
        "account.code_used": _("A recovery code was used"),
        "account.factors_reset": _("All second factors were taken away"),
        "account.represented": _("Somebody may act for this person as a member"),
        "account.not_represented": _("Somebody may no longer act for this person as a member"),
        "account.recovery_forced": _("After too many wrong tries only a new password lets in"),
        "factor.begun": _("An app was shown its key"),
        "factor.enrolled": _("A second factor was set up"),
        "factor.refused": _("A second factor was refused"),
        "factor.shown": _("A second factor was shown"),
        "factors.reset_asked": _("An administrator asked to take all second factors away"),
        "mail.failed": _("An email could not be delivered"),
        "mail.withheld": _("An email about work was not sent: it was for this person no longer"),
        "role.granted": _("A role was given"),
        "role.kept": _("A role was kept in an access review"),
        "role.revoked": _("A role was taken away"),
        "session.started": _("Signed in"),
        "session.failed": _("A sign-in failed"),
        "session.ended": _("A session ended"),
        "team.joined": _("Joined a team"),
        "team.left": _("Left a team"),
        "absence.recorded": _("An absence was recorded"),
        "absence.removed": _("An absence was taken back"),
        "skill.gained": _("A skill was added"),
        "skill.lost": _("A skill was taken away"),
    }
)
"""What the audit trail's codes about a user mean to an administrator."""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list."""

    id: UUID
    name: str
    roles: tuple[str, ...]
    has_passkey: bool
    has_app: bool
    last_login: datetime | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One role that somebody holds or held."""

    role: str
    label: str
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing that happened to an account: what, when, and by whom."""

    what: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person: who it is, what it may do, what lets it in."""

    line: PersonLine
    email: str
    grants: tuple[GrantLine, ...]
    grantable: tuple[tuple[str, str], ...]
    places: tuple[OpenSession, ...]
    events: tuple[EventLine, ...]
    reset: FactorReset | None


def staff_accounts(*, closed: bool = False) -> QuerySet[User]:
    """Return the accounts that hold or held a staff role, by name; the open or the closed ones."""
    ever = RoleGrant.objects.filter(user=OuterRef("pk"))
    return User.objects.with_standing().filter(Exists(ever), is_active=not closed).order_by("display_name", "pk")


def works_here(user_id: UUID) -> bool:
    """Tell whether an account holds or held a staff role; that of a mere member is nothing to administrators."""
    return RoleGrant.objects.filter(user=user_id).exists()


def line_of(user: User) -> PersonLine:
    """Return a person as the list shows it. The user must come from `with_standing()`."""
    return PersonLine(
        id=user.pk,
        name=str(user),
        roles=tuple(str(Role(name).label) for name in user.role_names),
        has_passkey=bool(user.passkey_ids),
        has_app=bool(user.app_ids),
        last_login=user.last_login,
        is_active=user.is_active,
    )


def read_person(*, actor: Actor, user_id: UUID, at: datetime) -> Person | None:
    """Return one person of staff with the address opened, None when there is none: five queries and the record."""
    ever = RoleGrant.objects.filter(user=OuterRef("pk"))
    user = User.objects.with_standing().filter(Exists(ever), pk=user_id).first()
    if user is None:
        return None
    grants = user.role_grants.select_related("granted_by").order_by("revoked_at", "granted_at")
    with phi_access(actor=actor, purpose=Purpose.ACCOUNTS, at=at):
        email = user.email
    held = set(user.role_names)
    fitting = [role for role in Role if role in STAFF - held and not (held and ALONE.intersection({role, *held}))]
    return Person(
        line=line_of(user),
        email=email,
        grants=tuple(
            GrantLine(
                grant.role, str(Role(grant.role).label), grant.granted_at, str(grant.granted_by or ""), grant.revoked_at
            )
            for grant in grants
        ),
        grantable=tuple((role.value, str(role.label)) for role in fitting),
        places=tuple(open_sessions(user, at=at)),
        events=last_events(user_id),
        reset=FactorReset.waiting(at).filter(user=user).select_related("asked_by").first(),
    )


def last_events(user_id: UUID) -> tuple[EventLine, ...]:
    """Return what last happened to an account, newest first: one query. What its owner read is not among it."""
    rows = Event.objects.filter(object_type="user", object_id=user_id).order_by("-at", "-pk")[:SHOWN_EVENTS]
    return tuple(EventLine(str(HAPPENED.get(row.action, row.action)), row.at, row.actor_label) for row in rows)


def open_review() -> AccessReview | None:
    """Return the round that is under way."""
    return AccessReview.objects.filter(closed_at=None).first()


def past_reviews() -> QuerySet[AccessReview]:
    """Return all rounds, the newest first."""
    return AccessReview.objects.order_by("-opened_at")


def review_lines(review: AccessReview) -> Iterator[tuple[str, ...]]:
    """Yield the head and the lines of a round as an auditor takes it away: who, which role, since when, what was said.

    A role that nobody has decided on so far is "open"; one that was taken away by nobody is "unanswered", and "spared"
    if it was left all the same, for the last administrator.
    """
    yield ("name", "account", "role", "granted_at", "answer", "decided_at", "decided_by")
    for row in reviewed_grants(review):
        decided_at = row.decided_at.isoformat() if row.decided_at else ""
        grant = row.grant
        who = str(grant.user), str(grant.user_id)
        yield (
            *who,
            grant.role,
            grant.granted_at.isoformat(),
            _answer(review, row),
            decided_at,
            str(row.decided_by or ""),
        )


def _answer(review: AccessReview, row: ReviewedGrant) -> str:
    if row.kept is None:
        return "spared" if review.closed_at else "open"
    if row.kept:
        return "kept"
    return "revoked" if row.decided_by_id else "unanswered"


def reviewed_grants(review: AccessReview) -> QuerySet[ReviewedGrant]:
    """Return the roles of a round, those nobody has decided on first, then by name: one query."""
    rows = review.grants.select_related("grant__user", "decided_by")
    return rows.order_by(F("kept").asc(nulls_first=True), "grant__user__display_name", "grant__role")
