"""Start, save and send a draft."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from complaints.intake.files import sniff_media_type
from complaints.intake.models import Draft
from complaints.intake.statement import statement_of
from complaints.models import Complaint, Enclosure
from complaints.operations import submit_complaint
from members.actors import Actor
from members.acts import act
from members.privacy.access import phi_access

MOST_FILES = 5
OWN_DRAFT = "the id comes from the person's own signed cookie or account"


class FileRefused(ValueError):
    """The file cannot be taken; the message says what to do."""


def save_answers(*, actor: Actor, at: datetime, draft_id: UUID | None, answers: dict[str, Any]) -> Draft:
    """Merge answers into the draft, starting one when there is none. Raises Draft.DoesNotExist once it was sent."""
    with act(actor=actor, at=at) as this:
        if draft_id is None:
            draft = Draft(user_id=actor.user_id, answers=answers, started_at=at, saved_at=at)
            this.add(draft)
            this.record("draft.started", object_type="draft", object_id=draft.pk)
            return draft
        draft = lock_draft(this.lock(Draft, draft_id), actor)
        with phi_access(actor=actor, purpose="save draft", at=at):
            merged = draft.answers | answers
        this.change(draft, answers=merged, saved_at=at)
    return draft


def lock_draft(draft: Draft, actor: Actor) -> Draft:
    """Return a locked draft that this person may still change. Raises Draft.DoesNotExist."""
    if draft.complaint_id or (draft.user_id and draft.user_id != actor.user_id):
        raise Draft.DoesNotExist
    return draft


def attach_file(*, actor: Actor, at: datetime, draft_id: UUID, name: str, content: bytes) -> Enclosure:
    """Seal a file and keep it with the draft. Raises FileRefused with the cure, Draft.DoesNotExist."""
    media_type = sniff_media_type(name, content)
    with act(actor=actor, at=at) as this:
        lock_draft(this.lock(Draft, draft_id), actor)
        held = Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id)
        if held.count() >= MOST_FILES:
            raise FileRefused(too_many_files())
        enclosure = Enclosure(
            draft_id=draft_id, name=name, media_type=media_type, size=len(content), content=content, added_at=at
        )
        this.add(enclosure)
    return enclosure


def remove_file(*, actor: Actor, at: datetime, draft_id: UUID, enclosure_id: UUID) -> None:
    """Take a file out of a draft; nothing happens when it is not there."""
    with act(actor=actor, at=at) as this:
        lock_draft(this.lock(Draft, draft_id), actor)
        Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id, pk=enclosure_id).delete()


def send_draft(*, actor: Actor, at: datetime, draft_id: UUID) -> Complaint:
    """Submit the draft. However often it is sent, and by how many presses at once, there is one complaint.

    The draft's row is the lock that makes others wait, and the complaint's unique `submission_key` the promise.
    Raises Draft.DoesNotExist, and IncompleteDraft naming the first step that still lacks an answer.
    """
    with transaction.atomic(), act(actor=actor, at=at) as this:
        draft = this.lock(Draft, draft_id)
        if draft.user_id and draft.user_id != actor.user_id:
            raise Draft.DoesNotExist
        if draft.complaint_id:
            return Complaint.objects.unscoped(OWN_DRAFT).get(pk=draft.complaint_id)
        with phi_access(actor=actor, purpose="send draft", at=at):
            statement = statement_of(draft.answers, member_id=actor.member_id)
        complaint = submit_complaint(actor=actor, at=at, statement=statement, submission_key=draft.pk)
        this.change(draft, complaint=complaint, answers={})
        Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id).update(complaint_id=complaint.pk, draft_id=None)
    return complaint
