"""A later date by law: what a pack allows, with a reason and the letter that tells the member of it."""

from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from complaints.correspondence.letters import LETTER_LANGUAGE
from complaints.correspondence.models import Notice, NoticeKind
from complaints.correspondence.notice_letters import Owed, extension_letter
from complaints.correspondence.printable import printable
from complaints.correspondence.rendering import render_letter_pdf
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.notices.make import PDF, add_notice, way_to_member
from complaints.operations._door import lock_complaint, perform, written_before
from complaints.operations._refusals import as_refusal
from complaints.queries.language_help import help_in_letter
from members.actors import Actor
from members.acts import Act, act
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.models import Clock
from slas.operations import ClockRefused, extend_clock, open_clock
from slas.versions import terms_of, zone_of

DAY = 86_400
REASONS = MappingProxyType(
    {
        "member_asked": gettext_lazy("You asked us to take more time."),
        "information_in_members_interest": gettext_lazy(
            "We need more information before we decide. Waiting for it is in your interest."
        ),
    }
)
"""What the packs' reasons are called in the letter."""


def extend_date(
    *, actor: Actor, at: datetime, complaint_id: UUID, kind: str, days: int, reason: str, words: str, key: UUID
) -> Notice:
    """Move the date of a law by so many days, and write the letter that says why and that the member can object.

    `reason` is a code of the pack, `words` what is true of this case. The same `key` twice moves it once.
    Raises ActionForbidden; TransitionRefused with the engine's own sentence: no extension known, another reason, too
    often, too long, too late, or somebody else's to allow.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if before := written_before(Notice, key, complaint):
            return before
        clock = open_clock(this=this, matter_id=complaint_id, kind=kind)
        if clock is None:
            raise TransitionRefused(_("This date is not owed any more."))
        former = _owed(clock)
        perform("extend_date", this=this, complaint_id=complaint_id, detail={"clock": kind, "reason": reason})
        amount = days if former.policy.rule.measure.is_days else days * DAY
        try:
            moved = extend_clock(this=this, matter_id=complaint_id, kind=kind, at=at, amount=amount, reason=reason)
        except ClockRefused as refused:
            raise as_refusal(refused) from None
        assert moved is not None  # noqa: S101 -- it is open, and this act holds it
        return _tell(this, complaint, moved, key, former_due_on=former.due_on, why=f"{REASONS[reason]} {words}".strip())


def _tell(this: Act, complaint: Complaint, clock: Clock, key: UUID, *, former_due_on: str, why: str) -> Notice:
    owed = _owed(clock)
    with phi_access(actor=this.actor, purpose=Purpose.NOTICES, matter_id=complaint.pk, at=this.at):
        letter = printable(
            extension_letter(
                complaint=complaint,
                owed=owed,
                former_due_on=former_due_on,
                reason=why,
                language_help=help_in_letter(complaint.language),
                at=this.at,
            )
        )
    notice = Notice(
        id=key,
        complaint_id=complaint.pk,
        clock_id=clock.id,
        epoch=clock.epoch,
        kind=NoticeKind.EXTENSION_LETTER,
        addressee="member",
        clause=owed.policy.clause,
        channel=way_to_member(complaint, at=this.at),
        media_type=PDF,
        content=asdict(letter),
        file=render_letter_pdf(letter),
        made_at=this.at,
    )
    return add_notice(this, complaint, notice)


def _owed(clock: Clock) -> Owed:
    policy = terms_of(clock.policy_id, clock.calendar_id).policy
    with override(LETTER_LANGUAGE):
        return Owed(policy, clock.due_at, zone_of(clock), is_late=False)
