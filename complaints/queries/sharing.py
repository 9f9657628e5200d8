"""What of a case can go to somebody whom the member has agreed to, and what went so."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from complaints.correspondence.models import TO_MEMBER, Letter, Notice
from complaints.models import Complaint, Enclosure
from complaints.queries.outgoing import Outgoing, outgoing
from members.actors import Actor
from members.dates import day_in_words, house_day
from members.disclosures.living import LivingConsent
from members.disclosures.models import Disclosure
from members.disclosures.vocabulary import Basis, DataClass, Way
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

REASON = "what of this case can go on a consent"
MISTAKE = "This was recorded by mistake, and the member reads so. Send it anew if it has to go."
OVER = "The member has taken this back, or it has ended. Send nothing on it. Ask the member first."


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can go, and what it is called at the desk."""

    outgoing: Outgoing
    title: str

    @property
    def data(self) -> str:
        """Return the kind of data that it holds."""
        return ", ".join(str(code.label) for code in DataClass if code in self.outgoing.classes)


@dataclass(frozen=True, slots=True)
class SentItem:
    """One thing that went on a consent. `is_open`: it can still be printed, for the consent is in force.

    `is_mistake`: an officer has noted that the entry should not be there.
    """

    id: UUID
    at: datetime
    recipient: str
    what: str
    way: str
    by: str
    is_open: bool
    is_mistake: bool


def items_of(complaint: Complaint, consent: LivingConsent, *, actor: Actor, at: datetime) -> list[Item]:
    """Return what of a case the consent covers: three queries and the record of the names that open."""
    summary = Outgoing(complaint.pk, _("A summary of the complaint"), frozenset({DataClass.COMPLAINT}))
    found = [Item(summary, summary.what)]
    letters = Letter.objects.unscoped(REASON).filter(complaint=complaint, sent_at__isnull=False)
    notices = Notice.objects.unscoped(REASON).filter(complaint=complaint, kind__in=TO_MEMBER, sent_at__isnull=False)
    written = (*letters.defer("content", "pdf"), *notices.defer("content", "file").order_by("sent_at", "pk"))
    found += [_letter(row, consent) for row in written]
    if DataClass.EVIDENCE in consent.classes:
        files = Enclosure.objects.unscoped(REASON).filter(complaint=complaint).defer("content", "key", "preview")
        with phi_access(actor=actor, purpose=Purpose.SEND_ON_CONSENT, matter_id=complaint.pk, at=at):
            found += [Item(outgoing(row), row.name) for row in files.order_by("pk") if row.is_served]
    return [item for item in found if item.outgoing.classes <= consent.classes]


def _letter(row: Letter | Notice, consent: LivingConsent) -> Item:
    """Return a letter with what goes of it: name and address are left out where the consent does not cover them."""
    item = outgoing(row)
    if DataClass.CONTACT not in consent.classes:
        item = replace(item, classes=item.classes - {DataClass.CONTACT})
    return Item(item, f"{item.what}, {day_in_words(row.sent_at and house_day(row.sent_at))}")


def sent_on_consent(complaint: Complaint, *, actor: Actor, at: datetime) -> list[SentItem]:
    """Return what of a case went on a consent, the newest first: one query."""
    rows = gone_on_consent(complaint).select_related("consent__withdrawal", "correction").order_by("-at", "-pk")
    with phi_access(actor=actor, purpose=Purpose.SEND_ON_CONSENT, matter_id=complaint.pk, at=at):
        return [
            SentItem(
                id=row.pk,
                at=row.at,
                recipient=row.recipient or "",
                what=row.what.removesuffix(f", {complaint.reference}"),
                way=str(Way(row.way).label),
                by=row.actor_label,
                is_open=_is_open(row, at),
                is_mistake=is_mistake(row),
            )
            for row in rows
        ]


def gone_on_consent(complaint: Complaint) -> QuerySet[Disclosure]:
    """Return the entries of the account, still sealed."""
    rows = Disclosure.objects.unscoped("what of this case went on a consent")
    return rows.filter(matter_id=complaint.pk, basis=Basis.CONSENT, object_id__isnull=False)


def is_mistake(row: Disclosure) -> bool:
    """Tell whether an officer has noted beside the entry that it should not be there."""
    return getattr(row, "correction", None) is not None


def _is_open(row: Disclosure, at: datetime) -> bool:
    consent = row.consent
    if consent is None or is_mistake(row):
        return False
    return getattr(consent, "withdrawal", None) is None and consent.is_in_force(at)
