"""A document that goes on a consent, handed out to whoever prints it: as long as the consent is in force."""

from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Letter, Notice
from complaints.correspondence.rendering import LetterContent, render_letter_pdf
from complaints.files.store import OpenFile, open_file
from complaints.lifecycle import is_for_one_to_send
from complaints.models import Complaint, Enclosure
from complaints.queries.case_head import find_case
from complaints.queries.notices import Document
from complaints.queries.sharing import MISTAKE, OVER, REASON, gone_on_consent, is_mistake
from complaints.queries.summary import summary_pdf
from members.actors import Actor
from members.disclosures.living import find_consent
from members.disclosures.models import Disclosure
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.vocabulary import DataClass
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose

PDF = "application/pdf"


def handed_out(*, actor: Actor, at: datetime, reference: str, disclosure_id: UUID) -> Document | OpenFile | None:
    """Return the document that an entry of the account tells of, to be printed. None for what is not there.

    Raises DisclosureRefused: the actor sends nothing from this case, the entry is a mistake, or the consent is over.
    """
    complaint = find_case(actor=actor, reference=reference)
    row = (
        complaint
        and gone_on_consent(complaint).select_related("consent", "correction").filter(pk=disclosure_id).first()
    )
    if not complaint or not row or not row.consent_id:
        return None
    if refusal := is_for_one_to_send(complaint, actor):
        raise DisclosureRefused(refusal)
    if is_mistake(row):
        raise DisclosureRefused(MISTAKE)
    told = {"member_id": row.member_id, "actor": actor, "at": at, "matter_id": complaint.pk}
    consent = find_consent(row.consent_id, **told)
    if consent is None or not consent.is_living:
        raise DisclosureRefused(OVER)
    return _document(complaint, row, actor=actor, at=at)


def _document(complaint: Complaint, entry: Disclosure, *, actor: Actor, at: datetime) -> Document | OpenFile | None:
    """Return a file as it lies in the store, the summary, or a letter: no more of it than the entry tells of."""
    object_id = entry.object_id
    files = Enclosure.objects.unscoped(REASON).filter(complaint=complaint, pk=object_id)
    file = files.defer("content", "preview").first()
    if file is not None:
        return open_file(file, actor=actor, purpose=Purpose.HAND_OUT, at=at) if file.is_served else None
    name = f"{complaint.reference}.pdf"
    with phi_access(actor=actor, purpose=Purpose.HAND_OUT, matter_id=complaint.pk, at=at):
        if object_id == complaint.pk:
            return Document(name, PDF, summary_pdf(complaint))
        letter = Letter.objects.unscoped(REASON).filter(complaint=complaint, pk=object_id).first()
        row = letter or Notice.objects.unscoped(REASON).filter(complaint=complaint, pk=object_id).first()
        if row is None:
            return None
        if DataClass.CONTACT in entry.classes:
            return Document(name, PDF, bytes(row.pdf if isinstance(row, Letter) else row.file))
        return Document(name, PDF, render_letter_pdf(LetterContent.restored(row.content).without_contact()))
