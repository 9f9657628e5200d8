"""Make what a missed date brings about, exactly once, and put it on its way."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import TO_MEMBER, DispatchKind, LetterChannel, Notice, NoticeKind
from complaints.correspondence.notice_letters import Owed, delay_letter, notice_to_body
from complaints.correspondence.operations import request_dispatch
from complaints.correspondence.printable import printable
from complaints.correspondence.rendering import LetterContent, render_letter_pdf
from complaints.enums import TimelineCode
from complaints.models import Complaint
from complaints.notices.dossier import ZIP, review_file
from complaints.operations import note_fact
from complaints.operations.exchange_messages import FOLLOW_UP
from complaints.operations.send_notice import mail_key, open_notice_task
from complaints.queries.language_help import help_in_letter
from complaints.queries.reach import reach_of
from members.actors import SYSTEM
from members.acts import Act, act
from members.identifiers import id_for
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.algebra import BREACH
from slas.missed import MissAction, MissKind
from slas.models import Clock, Matter
from slas.operations import open_clock, start_clock
from slas.versions import terms_of, zone_of

PDF = "application/pdf"


def make_notices(*, at: datetime, matter_id: UUID, clock_id: UUID, epoch: int, code: int) -> list[Notice]:
    """Make what the clock's policy names for a missed date, unless it is made; return what was added.

    Before the date only the letter of delay is due, and only while the answer is owed under that same date. After it,
    what was owed stays owed even if the answer has come meanwhile, except the letter: who has the answer needs none.
    """
    clock = Clock.objects.get(matter_id=matter_id, id=clock_id)
    actions = terms_of(clock.policy_id, clock.calendar_id).policy.on_miss
    due = [action for action in actions if _is_due(action, clock, epoch, code)]
    # Letters first, each in a transaction of its own: the review file holds what was written before it.
    due.sort(key=lambda action: action.kind is not MissKind.DELAY_LETTER)
    made = (_make(at, clock, epoch, action, is_late=code >= BREACH) for action in due)
    return [notice for notice in made if notice]


def _is_due(action: MissAction, clock: Clock, epoch: int, code: int) -> bool:
    still_owed = clock.is_open and clock.epoch == epoch
    if action.kind is MissKind.DELAY_LETTER:
        return still_owed
    return code >= BREACH


def _make(at: datetime, clock: Clock, epoch: int, action: MissAction, *, is_late: bool) -> Notice | None:
    """Make one notice; None if it was made before."""
    with act(actor=SYSTEM, at=at) as this:
        complaint = this.lock(Complaint, clock.matter_id)
        kind = NoticeKind(action.kind.value)
        made = Notice.objects.unscoped("whether it is made already").filter(
            complaint_id=complaint.pk, clock_id=clock.id, epoch=epoch
        )
        if made.filter(kind=kind, addressee=action.to).exists():
            return None
        owed = Owed(terms_of(clock.policy_id, clock.calendar_id).policy, clock.due_at, zone_of(clock), is_late)
        with phi_access(actor=SYSTEM, purpose=Purpose.NOTICES, matter_id=complaint.pk, at=at):
            media_type, content, file = _content(this, complaint, owed, action)
        notice = Notice(
            id=id_for(clock.id, f"{epoch}:{kind}:{action.to}"),
            complaint_id=complaint.pk,
            clock_id=clock.id,
            epoch=epoch,
            kind=kind,
            addressee=action.to,
            clause=action.clause,
            channel=way_to_member(complaint, at=at) if action.kind is MissKind.DELAY_LETTER else "",
            media_type=media_type,
            content=asdict(content),
            file=file,
            made_at=at,
        )
        return add_notice(this, complaint, notice)


def _content(this: Act, complaint: Complaint, owed: Owed, action: MissAction) -> tuple[str, LetterContent, bytes]:
    """Return the media type, the letter or first page, and the file of what is to be made."""
    if action.kind is MissKind.EXTERNAL_REVIEW_FILE:
        cover, file = review_file(complaint=complaint, owed=owed, action=action, at=this.at)
        return ZIP, cover, file
    if action.kind is MissKind.NOTICE_TO_NEXT_BODY:
        letter = notice_to_body(complaint=complaint, owed=owed, action=action, at=this.at)
    else:
        letter = delay_letter(
            complaint=complaint,
            owed=owed,
            action=action,
            hear_by=_follow_up(this, complaint).due_at,
            language_help=help_in_letter(complaint.language),
            at=this.at,
        )
    letter = printable(letter)
    return PDF, letter, render_letter_pdf(letter)


def _follow_up(this: Act, complaint: Complaint) -> Clock:
    """Return the clock of the day that a letter of delay names: a promise like any other, hence with a clock."""
    running = open_clock(this=this, matter_id=complaint.pk, kind=FOLLOW_UP)
    if running:
        return running
    matter = this.lock(Matter, complaint.pk)
    return start_clock(this=this, matter=matter, obligation=FOLLOW_UP, track=complaint.track, started_at=this.at)


def way_to_member(complaint: Complaint, *, at: datetime) -> LetterChannel:
    """Return how a letter reaches the member at this moment."""
    return LetterChannel.PORTAL if reach_of(complaint, at=at).letters else LetterChannel.POST


def add_notice(this: Act, complaint: Complaint, notice: Notice) -> Notice:
    """Keep a notice, tell the timeline, and put it on its way: by an e-mail that says it is there, else by a person."""
    this.add(notice)
    note_fact(this, complaint, TimelineCode.NOTICE_MADE, {"notice": notice.kind, "to": notice.addressee})
    if notice.kind in TO_MEMBER and notice.channel == LetterChannel.PORTAL:
        request_dispatch(
            this=this,
            matter_id=complaint.pk,
            kind=DispatchKind.NOTICE_READY,
            key=mail_key(notice),
            detail={"notice": str(notice.pk)},
        )
    else:
        open_notice_task(this, complaint, notice)
    return notice
