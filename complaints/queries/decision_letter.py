"""The decision letter: as it would go out, and as it went out."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from complaints.correspondence.letters import decision_letter
from complaints.correspondence.models import Letter
from complaints.correspondence.rendering import LetterContent, render_letter_pdf
from complaints.models import Complaint, Decision
from complaints.permissions import may_see
from complaints.queries.language_help import help_in_letter
from complaints.queries.reach import reach_of
from complaints.reference import read_reference
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.models import Clock

ANSWER = "resolve"


@dataclass(frozen=True, slots=True)
class DraftLetter:
    """The letter as it would go out now, and whether the complainant could read it online."""

    content: LetterContent
    can_go_online: bool


@dataclass(frozen=True, slots=True)
class IssuedLetter:
    """The letter as it went out; `has_address` tells whether the reader's role sees where it went."""

    content: LetterContent
    has_address: bool
    channel: str
    issued_by: str
    issued_at: datetime
    sent_at: datetime | None


def draft_letter(*, actor: Actor, complaint: Complaint, at: datetime) -> DraftLetter | None:
    """Return what would be sent, None as long as there is no decision."""
    decision = Decision.objects.visible_to(actor).select_related("decided_by").filter(complaint_id=complaint.pk).first()
    if decision is None:
        return None
    next_level = _next_level(complaint)
    with phi_access(actor=actor, purpose=Purpose.CASE, matter_id=complaint.pk, at=at):
        content = decision_letter(
            complaint=complaint,
            decision=decision,
            next_level=next_level,
            language_help=help_in_letter(complaint.language),
            at=at,
        )
    return DraftLetter(content, reach_of(complaint, at=at).letters)


def issued_letter(*, actor: Actor, reference: str, at: datetime) -> IssuedLetter | None:
    """Return the letter of a case, None before it was issued."""
    has_address = may_see(actor, "contact")
    letter = _letters(actor, reference).defer("pdf").select_related("issued_by").first()
    if letter is None:
        return None
    with phi_access(actor=actor, purpose=Purpose.CASE, at=at):
        content = LetterContent.restored(letter.content)
        return IssuedLetter(
            content=content if has_address else content.without_address(),
            has_address=has_address,
            channel=letter.get_channel_display(),
            issued_by=str(letter.issued_by or ""),
            issued_at=letter.issued_at,
            sent_at=letter.sent_at,
        )


def letter_pdf(*, actor: Actor, reference: str, at: datetime) -> bytes | None:
    """Return the letter of a case as the PDF that went out, None before it was issued.

    Whose role does not see addresses gets it drawn anew without: about 50 ms.
    """
    letter = _letters(actor, reference).first()
    if letter is None:
        return None
    with phi_access(actor=actor, purpose=Purpose.CASE, at=at):
        if may_see(actor, "contact"):
            return bytes(letter.pdf)
        return render_letter_pdf(LetterContent.restored(letter.content).without_address())


def _letters(actor: Actor, reference: str) -> QuerySet[Letter]:
    return Letter.objects.visible_to(actor.as_staff()).filter(complaint__reference=read_reference(reference))


def _next_level(complaint: Complaint) -> str:
    """Return the rights that the policy of the answer's latest clock gives to whoever does not agree."""
    clocks = Clock.objects.filter(matter_id=complaint.pk, kind=ANSWER).select_related("policy").order_by("-cycle")
    return clocks[0].policy.next_level
