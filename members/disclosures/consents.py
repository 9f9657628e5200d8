"""Giving a consent and taking it back."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.accounts.signals import AccountChange, account_changed
from members.actors import Actor, Role, Scope
from members.acts import Act, act
from members.disclosures.models import Consent, Withdrawal, recipient_token
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.texts import ConsentText
from members.disclosures.vocabulary import Way
from members.identifiers import new_id
from members.models import Member
from members.models.representation import LONGEST


def give_consent(
    *,
    actor: Actor,
    at: datetime,
    member_id: UUID,
    text: ConsentText,
    recipient: str,
    ends_at: datetime,
    key: UUID | None = None,
) -> Consent:
    """Agree online, as the member or as somebody who may do everything for the member. The same `key` twice is one.

    Raises Member.DoesNotExist for everybody else, DisclosureRefused (no name, an end that is past or too far away).
    """
    if member_id not in actor.members(*Scope):
        raise Member.DoesNotExist
    return _give(actor, at, member_id, text, recipient, ends_at, channel=Way.PORTAL, key=key)[0]


def record_consent(
    *,
    actor: Actor,
    at: datetime,
    member_id: UUID,
    text: ConsentText,
    recipient: str,
    ends_at: datetime,
    channel: Way,
    evidence: str,
    key: UUID | None = None,
) -> Consent:
    """Record a consent that came on paper, and tell the member, who may take it back. The same `key` twice is one.

    Raises DisclosureRefused (no privacy officer, the officer's own or of somebody the officer acts for, no evidence,
    given online, and as `give_consent`), Member.DoesNotExist.
    """
    _demand_officer(actor, member_id)
    if channel == Way.PORTAL or not evidence.strip():
        raise DisclosureRefused(_("Say on which paper it is, how it came, and where it is on file."))
    with act(actor=actor, at=at) as this:
        row, is_new = _give(actor, at, member_id, text, recipient, ends_at, channel=channel, evidence=evidence, key=key)
        if is_new:
            _tell(this, this.lock(Member, member_id))
    return row


def _give(
    actor: Actor,
    at: datetime,
    member_id: UUID,
    text: ConsentText,
    recipient: str,
    ends_at: datetime,
    *,
    channel: Way,
    evidence: str | None = None,
    key: UUID | None,
) -> tuple[Consent, bool]:
    """Return the consent, and whether it was not there before."""
    if not recipient.strip():
        raise DisclosureRefused(_("Enter the name of the person who may get the data."))
    if not at < ends_at <= at + LONGEST:
        raise DisclosureRefused(_("Choose an end that is ahead, and at most one year away."))
    with act(actor=actor, at=at) as this:
        this.lock(Member, member_id)
        if before := key and Consent.objects.unscoped("whether it was given before").filter(pk=key).first():
            return before, False
        row = Consent(
            id=key or new_id(),
            member_id=member_id,
            text=text.code,
            version=text.version,
            digest=text.digest,
            language=get_language() or "en",
            purpose=text.purpose,
            classes=sorted(str(code) for code in text.classes),
            recipient=recipient.strip(),
            recipient_token=recipient_token(recipient),
            channel=channel,
            evidence=evidence,
            given_at=at,
            ends_at=ends_at,
            given_by_id=_person(actor),
        )
        this.add(row)
        _note(this, "given", row)
    return row, True


def withdraw_consent(*, actor: Actor, at: datetime, consent_id: UUID) -> None:
    """Take a consent back: from the commit on nothing leaves on it. Taking it back again changes nothing.

    Raises Consent.DoesNotExist for all but the member and whoever may do everything for the member.
    """
    with act(actor=actor, at=at) as this:
        row: Consent = this.lock(Consent, consent_id)
        if row.member_id not in actor.members(*Scope):
            raise Consent.DoesNotExist
        _withdraw(this, row, Way.PORTAL)


def withdraw_for_member(*, actor: Actor, at: datetime, consent_id: UUID, channel: Way) -> None:
    """Take a consent back at work, because the member has asked for it.

    Raises Consent.DoesNotExist for all but privacy officers who have nothing to do with the member.
    """
    with act(actor=actor, at=at) as this:
        row: Consent = this.lock(Consent, consent_id)
        if not actor.has(Role.PRIVACY_OFFICER) or row.member_id in actor.members():
            raise Consent.DoesNotExist
        _withdraw(this, row, channel)


def _withdraw(this: Act, row: Consent, channel: Way) -> None:
    """Write it under the lock that the gate takes, too."""
    if Withdrawal.objects.unscoped("whether it was taken back before").filter(consent=row).exists():
        return
    this.add(
        Withdrawal(
            member_id=row.member_id,
            consent=row,
            channel=channel,
            withdrawn_at=this.at,
            withdrawn_by_id=_person(this.actor),
        )
    )
    _note(this, "withdrawn", row)


def _person(actor: Actor) -> UUID:
    """Return whose account it is: programs agree to nothing."""
    if actor.user_id is None:
        raise DisclosureRefused(f"{actor.label} neither gives nor takes back a consent")
    return actor.user_id


def _demand_officer(actor: Actor, member_id: UUID) -> None:
    if not actor.has(Role.PRIVACY_OFFICER):
        raise DisclosureRefused(f"{actor.label} does not record consents")
    if member_id in actor.members():
        raise DisclosureRefused(_("A colleague records it: you are this member, or act for this member yourself."))


def _tell(this: Act, member: Member) -> None:
    if member.user_id is not None:
        this.record(f"account.{AccountChange.CONSENT_RECORDED}", object_type="user", object_id=member.user_id)
        account_changed.send(sender=Consent, this=this, user_id=member.user_id, change=AccountChange.CONSENT_RECORDED)


def _note(this: Act, fact: str, row: Consent) -> None:
    this.record(
        f"consent.{fact}",
        object_type="consent",
        object_id=row.pk,
        detail={"member": str(row.member_id), "text": f"{row.text}-{row.version}", "purpose": str(row.purpose)},
    )
