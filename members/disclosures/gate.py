"""The one gate: what leaves the house for somebody other than the member goes through `disclose`, or does not go."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from members.actors import Actor, ActorKind, Role
from members.acts import Act, act
from members.disclosures.grounds import GROUNDS
from members.disclosures.models import Consent, Disclosure, Withdrawal, recipient_token
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way
from members.identifiers import new_id
from members.models import Member, Representation


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the data: a name and, if known, an address; or the account of whoever acts for the member."""

    name: str = ""
    address: str = ""
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes and how, in words for the account; the row that goes, and the complaint that it belongs to.

    The same `key` twice, under a lock of the caller's, is one entry. `consent_id` names the consent that was chosen;
    without it the gate finds one.
    """

    what: str
    way: Way
    matter_id: UUID | None = None
    object_id: UUID | None = None
    key: UUID | None = None
    consent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """What is asked of the gate, and as of when: None for now, under lock, else for what has gone before."""

    member_id: UUID | None
    recipient: Recipient
    classes: Collection[DataClass]
    purpose: Purpose
    basis: Basis
    sending: Sending
    went_at: datetime | None = None


def disclose(
    *,
    actor: Actor,
    at: datetime,
    member_id: UUID | None,
    recipient: Recipient,
    classes: Collection[DataClass],
    purpose: Purpose,
    basis: Basis,
    sending: Sending,
) -> Disclosure:
    """Let data of a member go to somebody, and write down that it went. It belongs in the act that sends.

    A consent or an authorisation it rests on is locked until that act ends: a withdrawal at the same moment comes
    first, and nothing goes, or it comes after what went. A row that whoever acts for the member has got before is in
    the account already, and is not written down again.
    Raises DisclosureRefused (nobody named, no data, no consent or authorisation in force, not what the ground allows).
    """
    if not (actor.is_staff or actor.kind is ActorKind.SYSTEM):
        raise DisclosureRefused(f"{actor.label} passes on nothing of members")
    with act(actor=actor, at=at) as this:
        return _write(this, _Case(member_id, recipient, classes, purpose, basis, sending))


def not_got_yet(user_id: UUID, object_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these rows are not in the account yet as gone to this account: one query."""
    rows = Disclosure.objects.unscoped("what this person got before").filter(reader=user_id, object_id__in=object_ids)
    return {*object_ids} - {*rows.values_list("object_id", flat=True)}


def record_disclosure(
    *,
    actor: Actor,
    at: datetime,
    went_at: datetime,
    member_id: UUID,
    recipient: Recipient,
    classes: Collection[DataClass],
    purpose: Purpose,
    basis: Basis,
    sending: Sending,
) -> Disclosure:
    """Write down what has gone past the gate, by phone or by post, so that the member is told. A mistake is told, too.

    Raises DisclosureRefused (no privacy officer, the officer's own or of somebody the officer acts for, ahead in time,
    no name, an authorisation as the ground, or as `disclose` for the moment when it went).
    """
    if not actor.has(Role.PRIVACY_OFFICER):
        raise DisclosureRefused(f"{actor.label} does not record disclosures")
    if member_id in actor.members():
        raise DisclosureRefused(_("A colleague records it: you are this member, or act for this member yourself."))
    if went_at > at:
        raise DisclosureRefused(_("This day is ahead. Record it once it has gone."))
    with act(actor=actor, at=at) as this:
        this.lock(Member, member_id)
        return _write(this, _Case(member_id, recipient, classes, purpose, basis, sending, went_at))


def _write(this: Act, case: _Case) -> Disclosure:
    """Ask what the ground asks for, and add the row and its event."""
    if before := _pressed_before(case):
        return before
    _demand_ground(case)
    actor, recipient = this.actor, case.recipient
    by_account = case.basis == Basis.REPRESENTATION
    authorisation = _authorisation(this, case) if by_account else None
    if by_account and (before := _got_before(this, case)):
        return before
    row = Disclosure(
        id=case.sending.key or new_id(),
        member_id=case.member_id,
        matter_id=case.sending.matter_id,
        at=case.went_at or this.at,
        recipient=None if by_account else recipient.name.strip(),
        address=recipient.address.strip() or None,
        representation=authorisation,
        consent=_consent(this, case) if case.basis == Basis.CONSENT else None,
        purpose=case.purpose,
        classes=sorted(str(code) for code in case.classes),
        basis=case.basis,
        what=case.sending.what,
        way=case.sending.way,
        reader_id=recipient.user_id if case.sending.object_id else None,
        object_id=case.sending.object_id,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        actor_label=actor.label,
    )
    this.add(row)
    this.record(
        "disclosure.made",
        matter_id=row.matter_id,
        object_type="disclosure",
        object_id=row.pk,
        detail={
            "member": str(case.member_id or ""),
            "basis": str(case.basis),
            "purpose": str(case.purpose),
            "classes": ",".join(row.classes),
        },
    )
    return row


def _demand_ground(case: _Case) -> None:
    """Refuse what nobody is named for, what is nothing, and what the ground does not allow."""
    basis, purpose = case.basis, case.purpose
    if basis != Basis.REPRESENTATION and not case.recipient.name.strip():
        raise DisclosureRefused(_("Enter the name of whoever gets the data."))
    if not case.classes:
        raise DisclosureRefused(_("Choose what goes: at least one kind of data."))
    if basis == Basis.MISTAKE and case.went_at is not None:
        return
    if (ground := GROUNDS.get(basis)) is None:
        raise DisclosureRefused(_("Nothing may go without a ground. Choose one, or ask the member."))
    if purpose not in ground.purposes:
        told = {"basis": basis.label, "purpose": purpose.label}
        raise DisclosureRefused(_("“%(basis)s” does not allow “%(purpose)s”. Choose another ground.") % told)
    if beyond := sorted(str(code.label) for code in set(case.classes) - ground.classes):
        lacking = {"basis": str(basis.label), "data": ", ".join(beyond)}
        raise DisclosureRefused(_("“%(basis)s” does not cover: %(data)s. Leave it out, or ask the member.") % lacking)


def _consent(this: Act, case: _Case) -> Consent:
    """Return the consent in force, locked: who withdraws it waits for this act, and this act for who withdraws it."""
    rows = Consent.objects.unscoped("whether the member agreed to this").filter(
        member_id=case.member_id, recipient_token=recipient_token(case.recipient.name), purpose=case.purpose
    )
    if case.sending.consent_id:
        rows = rows.filter(pk=case.sending.consent_id)
    fitting = rows.filter(classes__contains=[str(code) for code in case.classes])
    locked = this.lock_all(Consent, fitting.values_list("pk", flat=True))
    withdrawn = _withdrawn(this, case)
    at = case.went_at or this.at
    for pk, row in locked.items():
        if pk not in withdrawn and row.is_in_force(at):
            return row
    raise DisclosureRefused(
        _("The member has not agreed that this goes to this person, or agrees no longer. Ask the member first.")
    )


def _withdrawn(this: Act, case: _Case) -> set[UUID]:
    """Return which consents are taken back. Ask once they are locked: what another act wrote is committed by then."""
    rows = Withdrawal.objects.unscoped("what the member took back").filter(member_id=case.member_id)
    if case.went_at is not None:
        rows = rows.filter(withdrawn_at__lte=case.went_at)
    unwritten = this.added(Withdrawal, member_id=case.member_id)
    return {*rows.values_list("consent", flat=True), *(row.consent_id for row in unwritten)}


def _authorisation(this: Act, case: _Case) -> Representation:
    """Return the authorisation by which the account acts for the member now, locked."""
    rows = Representation.objects.unscoped("whether the person acts for the member").filter(
        member_id=case.member_id, user_id=case.recipient.user_id
    )
    for row in this.lock_all(Representation, rows.values_list("pk", flat=True)).values():
        is_confirmed = row.confirmed_at is not None and row.revoked_at is None
        if is_confirmed and row.starts_at <= this.at < row.expires_at:
            return row
    raise DisclosureRefused(_("This person does not act for the member now. Write to the member instead."))


def _pressed_before(case: _Case) -> Disclosure | None:
    """Return the entry that an earlier press of the same form wrote."""
    if case.sending.key is None:
        return None
    return Disclosure.objects.unscoped("whether it was written before").filter(pk=case.sending.key).first()


def _got_before(this: Act, case: _Case) -> Disclosure | None:
    """Return what tells that the account has got this row. Ask once the authorisation is locked."""
    same = {"reader_id": case.recipient.user_id, "object_id": case.sending.object_id}
    if case.sending.object_id is None:
        return None
    if unwritten := this.added(Disclosure, **same):
        return unwritten[0]
    return Disclosure.objects.unscoped("whether it is in the account").filter(**same).first()
