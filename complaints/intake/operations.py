"""Start, save, fill, drop, send and, in the end, forget a draft."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from complaints.enums import FileState, LineOfBusiness, Relationship
from complaints.files.cleaning import CleanFile, FileHarmful, taken
from complaints.files.kinds import MOST_FILES, FileRefused, not_stored, too_many, too_much
from complaints.files.store import delete_stored, keep, told_by_system
from complaints.intake.models import Draft
from complaints.intake.statement import statement_of
from complaints.intake.steps import Answers
from complaints.models import Complaint, Enclosure
from complaints.operations import Statement, submit_complaint
from members.actors import SYSTEM, Actor
from members.acts import Act, act
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from members.queries import member_of, member_represented

OWN_DRAFT = "the draft was found by its owner's account or signed cookie"
DRAFTS_LAST = timedelta(days=30)
"""So long after it was last saved, a draft can be found again. Afterwards it is gone, as the pages say."""
AT_ONCE = 500
logger = logging.getLogger(__name__)


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
        with phi_access(actor=actor, purpose=Purpose.SAVE_DRAFT, at=at):
            merged = draft.answers | answers
        this.change(draft, answers=merged, saved_at=at, user_id=draft.user_id or actor.user_id)
    return draft_id


def attach_files(*, actor: Actor, at: datetime, draft_id: UUID, files: Iterable[tuple[str, bytes]]) -> list[str]:
    """Clean files, each a name and its content, and keep them with the draft; each is an act of its own.

    Returns why some were refused, in sentences that say the cure; the others are kept. Raises Draft.DoesNotExist.
    """
    attached = (_attach(name, content, actor=actor, at=at, draft_id=draft_id) for name, content in files)
    return [refusal for refusal in attached if refusal]


def _attach(name: str, content: bytes, *, actor: Actor, at: datetime, draft_id: UUID) -> str | None:
    """Keep one file, or return why not. It is cleaned before the draft is locked, for that may take a second."""
    try:
        file = taken(name, content)
    except FileHarmful as found:
        with act(actor=actor, at=at) as this:
            _lock_open(this, draft_id)
            detail = {"signature": found.signature}
            this.record("draft.file_harmful", object_type="draft", object_id=draft_id, detail=detail)
        return str(found)
    except FileRefused as cure:
        return str(cure)
    with act(actor=actor, at=at) as this:
        this.change(_lock_open(this, draft_id), saved_at=at)
        if refusal := _no_room(file, draft_id):
            return str(refusal)
        row = Enclosure(draft_id=draft_id, name=file.name, media_type=file.media_type, state=file.state, added_at=at)
        row.preview = file.preview
        try:
            keep(row, file.content)
        except OSError as error:
            size, cause = len(file.content), told_by_system(error)
            logger.exception("The store of files did not take a file of %d bytes: %s", size, cause)
            return not_stored(file.name)
        this.add(row)
        this.record(
            "draft.file_added",
            object_type="enclosure",
            object_id=row.pk,
            detail={"state": file.state, "size": row.size},
        )
    return None


def _no_room(file: CleanFile, draft_id: UUID) -> FileRefused | None:
    """Return the refusal of a file that is one too many, or too large beside the others of the locked draft."""
    kept = Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id).exclude(state=FileState.REMOVED)
    there = kept.aggregate(count=Count("pk"), size=Sum("size", default=0))
    if there["count"] >= MOST_FILES:
        return too_many(file.name)
    return too_much(file.name) if there["size"] + len(file.content) > settings.MAX_COMPLAINT_BYTES else None


def remove_file(*, actor: Actor, at: datetime, draft_id: UUID, enclosure_id: UUID) -> None:
    """Take a file out of a draft; nothing happens when it is not there. Raises Draft.DoesNotExist."""
    with act(actor=actor, at=at) as this:
        this.change(_lock_open(this, draft_id), saved_at=at)
        if _delete_files(Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id, pk=enclosure_id)):
            this.record("draft.file_removed", object_type="enclosure", object_id=enclosure_id)


def discard_draft(*, actor: Actor, at: datetime, draft_id: UUID) -> None:
    """Delete a draft and its files for good. Raises Draft.DoesNotExist, also when it was sent."""
    with act(actor=actor, at=at) as this:
        _lock_open(this, draft_id)
        _delete_files(Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id))
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
            _delete_files(Enclosure.objects.unscoped(reason).filter(draft_id__in=old))
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
        with phi_access(actor=actor, purpose=Purpose.SEND_DRAFT, at=at):
            answers = draft.answers
        statement = _about_the_member(statement_of(answers, today=today), actor)
        complaint = submit_complaint(actor=actor, at=at, statement=statement, submission_key=draft.pk)
        this.change(draft, complaint=complaint, answers={}, user_id=draft.user_id or actor.user_id)
        Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id).update(complaint_id=complaint.pk, draft_id=None)
    return complaint


def _delete_files(rows: QuerySet[Enclosure]) -> bool:
    """Delete these rows and, once that is certain, what the store has of them; tell whether there were any."""
    file_ids = list(rows.values_list("pk", flat=True))
    rows.filter(pk__in=file_ids).delete()
    delete_stored(file_ids)
    return bool(file_ids)


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
