"""Start, save, fill, drop, send and, in the end, forget a draft."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from complaints.enums import LineOfBusiness, Relationship
from complaints.intake.files import MOST_FILES, FileRefused, sniff_media_type, too_many_files
from complaints.intake.models import Draft
from complaints.intake.statement import statement_of
from complaints.intake.steps import Answers
from complaints.models import Complaint, Enclosure
from complaints.operations import Statement, submit_complaint
from members.actors import SYSTEM, Actor
from members.acts import Act, act
from members.privacy.access import phi_access
from members.queries import member_of, member_represented

OWN_DRAFT = "the draft was found by its owner's account or signed cookie"
DRAFTS_LAST = timedelta(days=30)
"""So long after it was last saved, a draft can be found again. Afterwards it is gone, as the pages say."""
AT_ONCE = 500


def save_answers(*, actor: Actor, at: datetime, draft_id: UUID | None, answers: Answers) -> UUID:
    """Put what was typed on some steps into the draft and return its id; without a draft, start one.

    Whoever is signed in becomes the owner of a draft that was begun as a guest. Raises Draft.DoesNotExist once it was
    sent, and for somebody else's.
    """
    with act(actor=actor, at=at) as this:
        if draft_id is None:
            draft = Draft(user_id=actor.user_id, answers=dict(answers), started_at=at, saved_at=at)
            this.add(draft)
            this.record("draft.started", object_type="draft", object_id=draft.pk)
            return draft.pk
        draft = _lock_open(this, draft_id)
        with phi_access(actor=actor, purpose="save draft", at=at):
            merged = draft.answers | answers
        this.change(draft, answers=merged, saved_at=at, user_id=draft.user_id or actor.user_id)
    return draft_id


def attach_files(*, actor: Actor, at: datetime, draft_id: UUID, files: Iterable[tuple[str, bytes]]) -> list[str]:
    """Seal files, each a name and its content, and keep them with the draft.

    Returns why some were refused, in sentences that say the cure; the others are kept. Raises Draft.DoesNotExist.
    """
    refusals = []
    with act(actor=actor, at=at) as this:
        this.change(_lock_open(this, draft_id), saved_at=at)
        room = MOST_FILES - Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id).count()
        for name, content in files:
            try:
                media_type = sniff_media_type(name, content)
                if not room:
                    raise too_many_files(name)
            except FileRefused as refusal:
                refusals.append(str(refusal))
                continue
            room -= 1
            enclosure = Enclosure(
                draft_id=draft_id, name=name, media_type=media_type, size=len(content), content=content, added_at=at
            )
            this.add(enclosure)
            this.record("draft.file_added", object_type="enclosure", object_id=enclosure.pk)
    return refusals


def remove_file(*, actor: Actor, at: datetime, draft_id: UUID, enclosure_id: UUID) -> None:
    """Take a file out of a draft; nothing happens when it is not there. Raises Draft.DoesNotExist."""
    with act(actor=actor, at=at) as this:
        this.change(_lock_open(this, draft_id), saved_at=at)
        kept = Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id, pk=enclosure_id)
        if kept.delete()[0]:
            this.record("draft.file_removed", object_type="enclosure", object_id=enclosure_id)


def discard_draft(*, actor: Actor, at: datetime, draft_id: UUID) -> None:
    """Delete a draft and its files for good. Raises Draft.DoesNotExist, also when it was sent."""
    with act(actor=actor, at=at) as this:
        _lock_open(this, draft_id)
        Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id).delete()
        Draft.objects.unscoped(OWN_DRAFT).filter(pk=draft_id).delete()
        this.record("draft.discarded", object_type="draft", object_id=draft_id)


def forget_old_drafts(*, at: datetime) -> int:
    """Delete for good what was begun, not sent and not saved for 30 days, with its files; return how many there were.

    A draft that somebody is saving at this moment is left alone.
    """
    reason = "drafts end when the pages say so, whosever they are"
    rows = Draft.objects.unscoped(reason).filter(complaint=None, saved_at__lt=at - DRAFTS_LAST)
    forgotten = 0
    while True:
        with act(actor=SYSTEM, at=at) as this:
            old = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
            Enclosure.objects.unscoped(reason).filter(draft_id__in=old).delete()
            Draft.objects.unscoped(reason).filter(pk__in=old).delete()
            for draft_id in old:
                this.record("draft.expired", object_type="draft", object_id=draft_id)
        forgotten += len(old)
        if len(old) < AT_ONCE:
            return forgotten


def send_draft(*, actor: Actor, at: datetime, today: date, draft_id: UUID) -> Complaint:
    """Submit the draft. However often it is sent, and by how many presses at once, there is one complaint.

    The draft's row is the lock that makes others wait, and the complaint's unique `submission_key` the promise.
    `today` is the day in the house's time zone, after which nothing can have happened. Raises Draft.DoesNotExist, and
    IncompleteDraft naming the first step that still lacks an answer.
    """
    with act(actor=actor, at=at) as this:
        draft = _lock(this, draft_id)
        if draft.complaint_id:
            return Complaint.objects.unscoped(OWN_DRAFT).get(pk=draft.complaint_id)
        with phi_access(actor=actor, purpose="send draft", at=at):
            answers = draft.answers
        statement = _about_the_member(statement_of(answers, today=today), actor)
        complaint = submit_complaint(actor=actor, at=at, statement=statement, submission_key=draft.pk)
        this.change(draft, complaint=complaint, answers={}, user_id=draft.user_id or actor.user_id)
        Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id).update(complaint_id=complaint.pk, draft_id=None)
    return complaint


def _lock(this: Act, draft_id: UUID) -> Draft:
    """Return the draft, locked. Raises Draft.DoesNotExist for another account's; a guest's goes by its id."""
    draft = this.lock(Draft, draft_id)
    if draft.user_id not in {None, this.actor.user_id}:
        raise Draft.DoesNotExist
    return draft


def _lock_open(this: Act, draft_id: UUID) -> Draft:
    draft = _lock(this, draft_id)
    if draft.complaint_id:
        raise Draft.DoesNotExist
    return draft


def _about_the_member(statement: Statement, actor: Actor) -> Statement:
    """Add whose coverage it is: the own, of who says to be the member; else that of the member represented.

    Of members represented it is the one whose number was typed: a guess would show one member's words to another.
    """
    if statement.relationship == Relationship.SELF:
        member = member_of(actor)
    else:
        member = member_represented(actor, statement.member_number)
    if member is None:
        return statement
    return replace(statement, member_id=member.pk, line_of_business=LineOfBusiness(member.line_of_business))
