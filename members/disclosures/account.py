"""Consents and disclosures as members and privacy officers see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from members.actors import Actor, Scope
from members.disclosures.models import Consent, Disclosure, OfMember
from members.disclosures.texts import BY_CODE
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way
from members.models import Member, member_number_index
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose as OpenedFor

BESIDE = ("member", "representation", "correction")
"""What the lines of a disclosure are made of besides its row."""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One consent, opened. `whose` is the member's name where it is not of whoever looks."""

    id: UUID
    whose: str
    recipient: str
    title: str
    classes: tuple[str, ...]
    purpose: str
    way: str
    given_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """That an entry was recorded by mistake: who says so, when and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One disclosure, opened: when, to whom, what, why and by whom (45 CFR 164.528(b)(2))."""

    id: UUID
    at: datetime
    whose: str
    recipient: str
    address: str
    what: str
    classes: tuple[str, ...]
    purpose: str
    basis: str
    way: str
    by: str
    is_by_reader: bool
    correction: CorrectionLine | None

    @property
    def data(self) -> str:
        """Return the kinds of data in one line."""
        return ", ".join(self.classes)


def consents_in_force(*, actor: Actor, at: datetime) -> list[ConsentLine]:
    """Return what lets us share data of the actor, and of whom the actor may do everything for: one query."""
    rows = _of_own(Consent, actor).filter(given_at__lte=at, ends_at__gt=at, withdrawal=None).order_by("-given_at")
    return _open_consents(rows, actor=actor, at=at, purpose=OpenedFor.OWN_CONSENTS)


def own_disclosures(actor: Actor) -> QuerySet[Disclosure]:
    """Return what went out of the data of these, still sealed, the newest first."""
    return _of_own(Disclosure, actor).select_related(*BESIDE).order_by("-at", "-pk")


def opened(
    rows: Iterable[Disclosure], *, actor: Actor, at: datetime, purpose: OpenedFor = OpenedFor.OWN_SHARING
) -> list[DisclosureLine]:
    """Return these as they are shown."""
    with phi_access(actor=actor, purpose=purpose, at=at):
        return [
            DisclosureLine(
                id=row.pk,
                at=row.at,
                whose=_whose(row.member, actor),
                recipient=row.representation.name if row.representation else row.recipient or "",
                address=row.address or "",
                what=row.what,
                classes=_labels(row.classes),
                purpose=str(Purpose(row.purpose).label),
                basis=str(Basis(row.basis).label),
                way=str(Way(row.way).label),
                by=row.actor_label,
                is_by_reader=row.actor_id is not None and row.actor_id == actor.user_id,
                correction=_correction(row),
            )
            for row in rows
        ]


def entry(*, actor: Actor, at: datetime, disclosure_id: UUID) -> DisclosureLine | None:
    """Return one entry of another's account, for a privacy officer to look at; None for an own one, or nobody's."""
    rows = Disclosure.objects.visible_to(actor).exclude(member_id__in=actor.members()).filter(pk=disclosure_id)
    purpose = OpenedFor.ACCOUNT_OF_DISCLOSURES
    found = opened(rows.select_related(*BESIDE), actor=actor, at=at, purpose=purpose)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Account:
    """What a privacy officer finds of one member."""

    member_id: UUID
    name: str
    consents: list[ConsentLine]
    disclosures: list[DisclosureLine]


def account_of(*, actor: Actor, at: datetime, member_number: str) -> Account | None:
    """Return all consents and disclosures of the member with this number; None for nobody, or the officer's own."""
    rows = Member.objects.visible_to(actor).exclude(pk__in=actor.members())
    member = rows.filter(member_number_index=member_number_index(member_number)).first()
    if member is None:
        return None
    purpose = OpenedFor.ACCOUNT_OF_DISCLOSURES
    with phi_access(actor=actor, purpose=purpose, at=at):
        name = member.name
    consents = Consent.objects.visible_to(actor).filter(member=member).order_by("-given_at")
    gone = Disclosure.objects.visible_to(actor).filter(member=member).select_related(*BESIDE)
    return Account(
        member.pk,
        name,
        _open_consents(consents, actor=actor, at=at, purpose=purpose),
        opened(gone.order_by("-at", "-pk"), actor=actor, at=at, purpose=purpose),
    )


def names_of_own(*, actor: Actor, at: datetime) -> dict[UUID, str]:
    """Return for whom the actor may agree, by name: the actor's own self first. One query."""
    rows = Member.objects.unscoped("whom the actor may do everything for").filter(pk__in=actor.members(*Scope))
    with phi_access(actor=actor, purpose=OpenedFor.OWN_CHOICE, at=at):
        found = {row.pk: row.name for row in rows.order_by("created_at")}
    return dict(sorted(found.items(), key=lambda item: item[0] != actor.member_id))


def _of_own(model: type[OfMember], actor: Actor) -> QuerySet:
    return model.objects.visible_to(actor).filter(member_id__in=actor.members(*Scope))


def _open_consents(rows: QuerySet[Consent], *, actor: Actor, at: datetime, purpose: OpenedFor) -> list[ConsentLine]:
    with phi_access(actor=actor, purpose=purpose, at=at):
        return [_consent_line(row, actor, at) for row in rows.select_related("member", "withdrawal")]


def _consent_line(row: Consent, actor: Actor, at: datetime) -> ConsentLine:
    withdrawal = getattr(row, "withdrawal", None)
    return ConsentLine(
        id=row.pk,
        whose=_whose(row.member, actor),
        recipient=row.recipient,
        title=str(BY_CODE[row.text].title),
        classes=_labels(row.classes),
        purpose=str(Purpose(row.purpose).label),
        way=str(Way(row.channel).label),
        given_at=row.given_at,
        ends_at=row.ends_at,
        withdrawn_at=withdrawal and withdrawal.withdrawn_at,
        is_in_force=withdrawal is None and row.is_in_force(at),
    )


def _correction(row: Disclosure) -> CorrectionLine | None:
    found = getattr(row, "correction", None)
    return found and CorrectionLine(found.corrected_at, found.actor_label, found.reason)


def _whose(member: Member | None, actor: Actor) -> str:
    """Return the name that tells one member from another for somebody who acts for several."""
    is_told = member is not None and member.pk != actor.member_id and member.pk in actor.members()
    return member.name if member and is_told else ""


def _labels(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(DataClass(code).label) for code in codes)
