"""Who may act for whom, as members and staff see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from members.actors import Actor, Scope
from members.models import Member, Representation, member_number_index
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


@dataclass(frozen=True, slots=True)
class RepresentationLine:
    """One authorisation, opened."""

    id: UUID
    name: str
    member_number: str
    kind: str
    scope: tuple[str, ...]
    evidence: str
    expires_at: datetime
    is_confirmed: bool
    recorded_by: str
    recorded_by_id: UUID


def of_member(*, actor: Actor, at: datetime) -> list[RepresentationLine]:
    """Return who may act for the actor as a member, now or once confirmed: one query and the record of reading."""
    rows = Representation.objects.visible_to(actor).filter(member_id=actor.member_id)
    rows = _open(rows, at).order_by("recorded_at")
    return opened(rows, actor=actor, at=at, purpose=Purpose.OWN_REPRESENTATIVES)


def to_confirm_first(*, actor: Actor, at: datetime) -> QuerySet[Representation]:
    """Return what is not over, still sealed, as work: first what waits for a second colleague, then the newest."""
    return _open(Representation.objects.visible_to(actor.as_staff()), at).order_by("-confirmed_at", "-recorded_at")


def opened(
    rows: Iterable[Representation], *, actor: Actor, at: datetime, purpose: Purpose = Purpose.REPRESENTATIVES
) -> list[RepresentationLine]:
    """Return these as they are shown."""
    with phi_access(actor=actor, purpose=purpose, at=at):
        return [
            RepresentationLine(
                id=row.pk,
                name=row.name,
                member_number=row.member.member_number,
                kind=row.get_kind_display(),
                scope=tuple(str(Scope(code).label) for code in row.scope),
                evidence=row.evidence,
                expires_at=row.expires_at,
                is_confirmed=row.confirmed_at is not None,
                recorded_by=str(row.recorded_by),
                recorded_by_id=row.recorded_by_id,
            )
            for row in rows
        ]


def member_with_number(member_number: str) -> UUID | None:
    """Return which member has this number, None for nobody."""
    rows = Member.objects.unscoped("staff record who acts for a member whose card they have seen")
    return rows.filter(member_number_index=member_number_index(member_number)).values_list("pk", flat=True).first()


def _open(rows: QuerySet[Representation], at: datetime) -> QuerySet[Representation]:
    return rows.filter(revoked_at=None, expires_at__gt=at).select_related("member", "recorded_by")
