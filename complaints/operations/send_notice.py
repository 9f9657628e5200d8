"""Letters and notices that a clock has brought about, on their way: the proof is what counts, not the intent."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from complaints.correspondence.models import TO_MEMBER, Dispatch, LetterChannel, Notice, NoticeKind
from complaints.enums import TaskKind, TimelineCode
from complaints.lifecycle import TransitionRefused, is_not_about_oneself
from complaints.models import Complaint, Task
from complaints.models.task import NOTICE_CAUSE
from complaints.operations._disclosing import disclose_notice
from complaints.operations._door import lock_complaint, note_fact
from complaints.operations.exchange_messages import FOLLOW_UP
from complaints.operations.open_task import for_owner_or_leads, open_tasks, settle_tasks_of
from complaints.permissions import demand
from members.actors import Actor, ActorKind
from members.acts import Act, act
from slas.algebra import Line, Measure, Rule, StartRule
from slas.versions import in_force, terms_of

POST, EMAIL, PASSED_ON = "post", "email", "passed_on"


def send_notice(*, actor: Actor, at: datetime, complaint_id: UUID, notice_id: UUID) -> Notice:
    """Record that a letter was posted, or that a notice or a file was passed on to the body it is for.

    A letter that goes online is posted only if its e-mail could not be delivered. Recording it twice changes nothing.
    Raises ActionForbidden, TransitionRefused, Complaint.DoesNotExist, Notice.DoesNotExist.
    """
    demand(actor, "send_notice")
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        notice = this.lock(Notice, notice_id)
        if notice.complaint_id != complaint.pk:
            raise Notice.DoesNotExist
        if actor.kind is ActorKind.USER and (refusal := is_not_about_oneself(complaint, actor)):
            raise TransitionRefused(refusal)
        if notice.channel == LetterChannel.PORTAL and not _mail_failed(notice):
            raise TransitionRefused(_("This letter goes online; its notice proves itself once it is sent."))
        record_notice_sent(this, complaint, notice, proof=POST if notice.kind in TO_MEMBER else PASSED_ON)
    return notice


def record_notice_sent(this: Act, complaint: Complaint, notice: Notice, *, proof: str) -> None:
    """Stamp the proof, tell the timeline, and settle the task that asked for it. The first proof counts."""
    if notice.sent_at:
        return
    this.change(notice, sent_at=this.at)
    disclose_notice(this, complaint, notice, posted=proof == POST)
    to_member = notice.kind in TO_MEMBER
    fact = TimelineCode.NOTICE_SENT if to_member else TimelineCode.NOTICE_PASSED_ON
    note_fact(this, complaint, fact, {"notice": notice.kind, "proof": proof})
    settle_tasks_of(this, complaint, task_cause(notice))


def open_notice_task(this: Act, complaint: Complaint, notice: Notice) -> None:
    """Ask the owner, or the leads where nobody has the case, to see that a notice leaves the house."""
    task = Task(
        matter_id=complaint.pk,
        complaint=complaint,
        reference=complaint.reference,
        kind=TaskKind.SEND_NOTICE,
        detail={"title": f"{NoticeKind(notice.kind).label}: {notice.addressee}"},
        cause=task_cause(notice),
        due_at=end_of_next_business_day(this.at),
        opened_at=this.at,
        **for_owner_or_leads(complaint, at=this.at),
    )
    open_tasks(this=this, tasks=[task])


def end_of_next_business_day(at: datetime) -> datetime:
    """Return by when the house sees to what no clock counts for. Raises PolicyMissing, HorizonPassed."""
    terms = terms_of(*in_force(settings.HOUSE_PACK, FOLLOW_UP, "", at))
    line = Line(terms.calendar, Rule(Measure.BUSINESS_DAYS, StartRule.NEXT_DAY), at)
    return line.due_at(line.position(line.begin()) + 1)


def task_cause(notice: Notice) -> str:
    """Return the name by which its task is known."""
    return f"{NOTICE_CAUSE}{notice.pk}"


def mail_key(notice: Notice) -> str:
    """Return the name by which the e-mail that a letter is ready is known."""
    return f"notice:{notice.pk}"


def _mail_failed(notice: Notice) -> bool:
    return Dispatch.objects.filter(dedupe_key=mail_key(notice), failed_at__isnull=False).exists()
