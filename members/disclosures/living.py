"""Consents that something may go on now, for whoever is about to send it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from members.actors import Actor
from members.disclosures.models import Consent
from members.disclosures.texts import BY_CODE
from members.disclosures.vocabulary import DataClass, Purpose
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose as OpenedFor

REASON = "on which consents data of this member may go"


@dataclass(frozen=True, slots=True)
class LivingConsent:
    """A consent as whoever sends on it sees it. `is_living` is False once it was taken back, or is over."""

    id: UUID
    member_id: UUID
    recipient: str
    title: str
    purpose: Purpose
    classes: frozenset[DataClass]
    ends_at: datetime
    is_living: bool

    @property
    def data(self) -> list[str]:
        """Return the kinds of data in words."""
        return [str(code.label) for code in DataClass if code in self.classes]


def living_consents(member_id: UUID, *, actor: Actor, at: datetime, matter_id: UUID) -> list[LivingConsent]:
    """Return what the member agrees to now, the newest first: one query. The caller asks whether the actor may send."""
    rows = Consent.objects.unscoped(REASON).filter(member=member_id, given_at__lte=at, ends_at__gt=at, withdrawal=None)
    return _opened(rows.order_by("-given_at", "-pk"), actor=actor, at=at, matter_id=matter_id)


def find_consent(
    consent_id: UUID, *, member_id: UUID, actor: Actor, at: datetime, matter_id: UUID
) -> LivingConsent | None:
    """Return one consent of the member, living or not: one query. None for another's, or nobody's."""
    rows = Consent.objects.unscoped(REASON).filter(pk=consent_id, member=member_id)
    return next(iter(_opened(rows, actor=actor, at=at, matter_id=matter_id)), None)


def _opened(rows: QuerySet[Consent], *, actor: Actor, at: datetime, matter_id: UUID) -> list[LivingConsent]:
    with phi_access(actor=actor, purpose=OpenedFor.SEND_ON_CONSENT, matter_id=matter_id, at=at):
        return [_opened_one(row, at) for row in rows.select_related("withdrawal")]


def _opened_one(row: Consent, at: datetime) -> LivingConsent:
    return LivingConsent(
        id=row.pk,
        member_id=row.member_id,
        recipient=row.recipient,
        title=str(BY_CODE[row.text].title),
        purpose=Purpose(row.purpose),
        classes=frozenset(map(DataClass, row.classes)),
        ends_at=row.ends_at,
        is_living=getattr(row, "withdrawal", None) is None and row.is_in_force(at),
    )
