"""Letters and notices that a clock has brought about, on their way: the proof is what counts, not the intent."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.correspondence.models import TO_MEMBER, Dispatch, LetterChannel, Notice, NoticeKind
from complaints.enums import TaskKind, TimelineCode
from complaints.lifecycle import TransitionRefused, is_not_about_oneself
from complaints.models import Complaint, Task
from complaints.operations._door import lock_complaint, note_fact
from complaints.operations.open_task import open_tasks, settle_task
from complaints.permissions import demand
from members.actors import Actor, ActorKind, Role
from members.acts import Act, act

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
    to_member = notice.kind in TO_MEMBER
    fact = TimelineCode.NOTICE_SENT if to_member else TimelineCode.NOTICE_PASSED_ON
    note_fact(this, complaint, fact, {"notice": notice.kind, "proof": proof})
    tasks = Task.objects.unscoped("the task of the locked notice").filter(cause=task_cause(notice), done_at=None)
    for key in tasks.values_list("pk", flat=True):
        task = this.lock(Task, key)
        task.complaint = complaint
        settle_task(this, task)


def open_notice_task(this: Act, complaint: Complaint, notice: Notice) -> None:
    """Ask the owner, or the leads where nobody has the case, to see that a notice leaves the house."""
    task = Task(
        matter_id=complaint.pk,
        complaint=complaint,
        reference=complaint.reference,
        kind=TaskKind.SEND_NOTICE,
        detail={"title": f"{NoticeKind(notice.kind).label}: {notice.addressee}"},
        cause=task_cause(notice),
        assignee_id=complaint.owner_id,
        role="" if complaint.owner_id else Role.LEAD,
        opened_at=this.at,
    )
    open_tasks(this=this, tasks=[task])


def task_cause(notice: Notice) -> str:
    """Return the name by which its task is known."""
    return f"notice:{notice.pk}"


def mail_key(notice: Notice) -> str:
    """Return the name by which the e-mail that a letter is ready is known."""
    return f"notice:{notice.pk}"


def _mail_failed(notice: Notice) -> bool:
    return Dispatch.objects.filter(dedupe_key=mail_key(notice), failed_at__isnull=False).exists()
