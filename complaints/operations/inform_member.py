"""The decision letter (ISO 10002 7.8): written, issued, and proven to be on its way."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import DispatchKind, Letter, LetterChannel
from complaints.correspondence.operations import request_dispatch
from complaints.correspondence.rendering import LetterContent, render_letter_pdf
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.operations._door import lock_complaint, perform
from members.actors import Actor
from members.acts import act


def issue_letter(
    *, actor: Actor, at: datetime, complaint_id: UUID, content: LetterContent, channel: LetterChannel
) -> Letter:
    """Fix the letter as it goes out, and ask for the notice that it is there. Issuing it again is refused.

    A letter by post counts as sent when somebody confirms that it was posted; see `inform_member`.
    """
    pdf = render_letter_pdf(content)
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if Letter.objects.unscoped("one letter per complaint").filter(complaint_id=complaint_id).exists():
            raise TransitionRefused("The decision letter has already been issued.")
        letter = Letter(
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
            request_dispatch(
                this=this, matter_id=complaint_id, kind=DispatchKind.LETTER_READY, key=f"letter:{letter.pk}"
            )
    return letter


def inform_member(*, actor: Actor, at: datetime, complaint_id: UUID, proof: str) -> Complaint:
    """Record the proof that the written decision is on its way: "email", "post", or the source of an import.

    Recording it twice changes nothing. Raises TransitionRefused.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if complaint.informed_at:
            return complaint
        letters = Letter.objects.unscoped("the letter of the locked complaint").filter(complaint_id=complaint_id)
        for letter in [] if proof == "source" else letters.defer("pdf", "content"):
            this.change(letter, sent_at=at)
        return perform("inform", this=this, complaint_id=complaint_id, detail={"proof": proof})
