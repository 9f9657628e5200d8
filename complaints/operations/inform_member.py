"""The decision letter (ISO 10002 7.8): written, issued, and proven to be on its way."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.correspondence.models import Dispatch, DispatchKind, Letter, LetterChannel
from complaints.correspondence.operations import request_dispatch
from complaints.correspondence.rendering import LetterContent, render_letter_pdf
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.operations._disclosing import disclose_to_filer
from complaints.operations._door import lock_complaint, perform, written_before
from complaints.operations._reach import demand_reachable_by_post, demand_reader_of_letters
from complaints.operations.acknowledge_complaint import acknowledge_complaint
from members.actors import Actor, ActorKind
from members.acts import Act, act
from members.disclosures.vocabulary import Way
from members.identifiers import new_id

POSTED = "post"


def issue_letter(
    *,
    actor: Actor,
    at: datetime,
    complaint_id: UUID,
    content: LetterContent,
    channel: LetterChannel,
    key: UUID | None = None,
) -> Letter:
    """Fix the letter as it goes out, and ask for the notice that it is there. The same `key` twice is one letter.

    A letter by post counts as sent when somebody confirms that it was posted; see `inform_member`.
    Raises TransitionRefused: issued already, by portal to somebody who could not read it there, or by post to nowhere.
    """
    pdf = render_letter_pdf(content)
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if before := written_before(Letter, key, complaint):
            return before
        if _letter_of(this, complaint):
            raise TransitionRefused(_("The decision letter has already been issued."))
        if channel == LetterChannel.PORTAL:
            demand_reader_of_letters(complaint, at=at)
        else:
            demand_reachable_by_post(complaint, at=at)
        letter = Letter(
            id=key or new_id(),
            complaint_id=complaint_id,
            language=complaint.language,
            channel=channel,
            content=asdict(content),
            pdf=pdf,
            issued_by_id=actor.user_id,
            issued_at=at,
        )
        perform("issue_letter", this=this, complaint_id=complaint_id, adds=letter, detail={"channel": channel})
        if channel == LetterChannel.PORTAL:
            request_dispatch(this=this, matter_id=complaint_id, kind=DispatchKind.LETTER_READY, key=_notice_key(letter))
    return letter


def inform_member(*, actor: Actor, at: datetime, complaint_id: UUID, proof: str) -> Complaint:
    """Record the proof that the written decision is on its way: "email", "post", or the source of an import.

    What was posted is the owner's to say, and of a letter that goes online only once its notice could not be delivered.

    It also proves, at the latest, that the complainant was told that we have the complaint. An import's letter was
    written elsewhere. Recording it twice changes nothing. Raises TransitionRefused, also when no letter was issued.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if complaint.informed_at:
            return complaint
        if actor.kind is not ActorKind.IMPORT:
            if (letter := _letter_of(this, complaint)) is None:
                raise TransitionRefused(_("The decision letter has not been issued yet."))
            if proof == POSTED and not _goes_by_post(letter):
                raise TransitionRefused(_("This letter goes online; its notice proves itself once it is sent."))
            this.change(letter, sent_at=at)
            way = Way.POST if proof == POSTED else Way.PORTAL
            disclose_to_filer(this, complaint, letter, way=way)
        perform("inform", this=this, complaint_id=complaint_id, detail={"proof": proof})
        if actor.kind is not ActorKind.IMPORT:
            acknowledge_complaint(actor=actor, at=at, complaint_id=complaint_id, proof=proof)
    return complaint


def _goes_by_post(letter: Letter) -> bool:
    """Tell whether the letter is printed and posted: because it was to be, or because its notice reaches nobody."""
    return (
        letter.channel == LetterChannel.POST
        or Dispatch.objects.filter(dedupe_key=_notice_key(letter), failed_at__isnull=False).exists()
    )


def _notice_key(letter: Letter) -> str:
    return f"letter:{letter.pk}"


def _letter_of(this: Act, complaint: Complaint) -> Letter | None:
    """Return the letter of the locked complaint without its text and PDF, which are long and stay sealed."""
    if held := this.held(Letter, matter_id=complaint.pk):
        return held[0]
    letters = Letter.objects.unscoped("the letter of the locked complaint").filter(complaint=complaint)
    return letters.defer("pdf", "content").first()
