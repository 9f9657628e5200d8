"""Which draft somebody has in hand, and what is in it. What is returned is plain data; reading it is recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, When

from complaints.enums import Language, Relationship
from complaints.files.store import open_preview
from complaints.intake.models import Draft
from complaints.intake.operations import OWN_DRAFT
from complaints.intake.steps import Answers
from complaints.models import Enclosure
from complaints.queries.enclosures import KeptFile
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from members.queries import member_of


@dataclass(frozen=True, slots=True)
class DraftInHand:
    """A draft as a page needs it. `sent_as` is the complaint's reference, "" while it was not sent."""

    id: UUID
    answers: Answers
    saved_at: datetime
    sent_as: str = ""
    complaint_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it can still be changed."""
        return not self.sent_as


def draft_in_hand(
    *, actor: Actor, at: datetime, cookie_id: UUID | None, page_id: UUID | None = None
) -> DraftInHand | None:
    """Return the draft that a page is about, or None.

    A guest has the one that the signed cookie names. Who is signed in has their own, whatever the device: the one the
    page was made for, else the last one that was not sent, else the one the cookie names; and a guest's draft of this
    browser, which becomes theirs with the next save.
    """
    of_browser = Q(pk=cookie_id, user=None)
    if actor.user_id is None:
        rows = Draft.objects.unscoped(OWN_DRAFT).filter(of_browser)
    else:
        own = Q(user_id=actor.user_id) & (Q(complaint=None) | Q(pk__in=[cookie_id, page_id]))
        rows = Draft.objects.unscoped(OWN_DRAFT).filter(own | of_browser)
    asked_for = Case(When(pk=page_id, then=0), When(complaint=None, then=1), default=2)
    draft = rows.annotate(sent_as=F("complaint__reference")).order_by(asked_for, "-saved_at").first()
    if draft is None:
        return None
    if draft.sent_as:
        return DraftInHand(draft.pk, {}, draft.saved_at, draft.sent_as, draft.complaint_id)
    with phi_access(actor=actor, purpose=Purpose.FILL_IN, at=at):
        return DraftInHand(draft.pk, draft.answers, draft.saved_at)


def files_kept(*, actor: Actor, at: datetime, draft_id: UUID) -> list[KeptFile]:
    """Return the files of a draft that `draft_in_hand` has found, oldest first."""
    with phi_access(actor=actor, purpose=Purpose.FILL_IN, at=at):
        return KeptFile.opened(Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id))


def preview_kept(*, actor: Actor, at: datetime, draft_id: UUID, enclosure_id: UUID) -> bytes | None:
    """Return the small picture of a file of such a draft; None when there is none."""
    row = Enclosure.objects.unscoped(OWN_DRAFT).filter(draft_id=draft_id, pk=enclosure_id).first()
    return open_preview(row, actor=actor, purpose=Purpose.FILL_IN, at=at) if row and row.is_served else None


def known_of(*, actor: Actor, at: datetime) -> dict[str, Any]:
    """Return what we know of a member who is signed in, by the names of the questions: nothing is asked twice."""
    member = member_of(actor)
    if member is None:
        return {}
    with phi_access(actor=actor, purpose=Purpose.FILL_IN, at=at):
        return {
            "relationship": Relationship.SELF,
            "name": member.name,
            "email": member.email,
            "phone": member.phone,
            "member_number": member.member_number,
            "language": member.language if member.language in Language.values else Language.EN,
        }


def open_draft_saved_at(*, actor: Actor) -> datetime | None:
    """Return when somebody who is signed in last saved a complaint that is not sent yet, or None."""
    rows = Draft.objects.visible_to(actor).filter(complaint=None).order_by("-saved_at")
    return rows.values_list("saved_at", flat=True).first()
