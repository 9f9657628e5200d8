"""What became of a send: the proof moves the complaint on, a failure is somebody's task."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from complaints.correspondence.models import Dispatch, DispatchKind, Notice
from complaints.enums import TaskKind, TimelineCode
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, Task
from complaints.operations._door import lock_complaint, note_fact
from complaints.operations.acknowledge_complaint import acknowledge_complaint, keeps_promise
from complaints.operations.inform_member import inform_member
from complaints.operations.open_task import for_owner_or_leads, open_tasks, settle_task
from complaints.operations.send_notice import open_notice_task, record_notice_sent
from members.actors import SYSTEM, Role
from members.acts import Act, act
from slas.queries import open_clocks


def record_sent(*, at: datetime, dispatch_id: UUID) -> None:
    """Record that the mail server accepted the e-mail, and do what that proves unless the complaint has ended.

    The proof wins over a failure that was recorded while the e-mail was on its way; the timeline then tells of it.
    """
    with act(actor=SYSTEM, at=at) as this:
        dispatch = this.lock(Dispatch, dispatch_id)
        if dispatch.sent_at:
            return
        if dispatch.failed_at or dispatch.retried_at:
            _tell(this, dispatch, TimelineCode.SEND_ARRIVED)
            _settle_its_task(this, dispatch)
        this.change(dispatch, sent_at=at, failed_at=None)
        this.record(
            "mail.sent",
            matter_id=dispatch.matter_id,
            object_type="dispatch",
            object_id=dispatch.pk,
            detail={"kind": dispatch.kind},
        )
        # A refusal must not undo the proof of sending: the outbox would send the e-mail again.
        with suppress(TransitionRefused):
            if dispatch.kind == DispatchKind.ACKNOWLEDGEMENT:
                if keeps_promise(dispatch, lock_complaint(this, dispatch.matter_id)):
                    acknowledge_complaint(actor=SYSTEM, at=at, complaint_id=dispatch.matter_id, proof="email")
            elif dispatch.kind == DispatchKind.LETTER_READY:
                inform_member(actor=SYSTEM, at=at, complaint_id=dispatch.matter_id, proof="email")
            elif dispatch.kind == DispatchKind.NOTICE_READY:
                notice = this.lock(Notice, UUID(dispatch.detail["notice"]))
                record_notice_sent(this, lock_complaint(this, dispatch.matter_id), notice, proof="email")


def record_undeliverable(*, at: datetime, dispatch_id: UUID) -> None:
    """Record that a send was given up, and open a task: somebody has to be reached another way (ISO 10002 7.4).

    A letter that the law asks for has to be posted then. Of e-mail about an account the audit trail alone tells, which
    administrators see on the page of the person.
    """
    with act(actor=SYSTEM, at=at) as this:
        dispatch = this.lock(Dispatch, dispatch_id)
        if dispatch.sent_at or dispatch.failed_at:
            return
        this.change(dispatch, failed_at=at)
        complaint = _tell(this, dispatch, TimelineCode.SEND_FAILED)
        if complaint is None and "capa" not in dispatch.detail:
            _record(this, dispatch, "mail.failed")
        elif dispatch.to_user_id:
            open_tasks(this=this, tasks=[_reach_colleague(this, dispatch, complaint)])
        elif complaint is not None and dispatch.kind == DispatchKind.NOTICE_READY:
            open_notice_task(this, complaint, this.lock(Notice, UUID(dispatch.detail["notice"])))
        elif complaint is not None and dispatch.kind != DispatchKind.STATUS_LINK:  # whoever wants one asks again
            open_tasks(this=this, tasks=[_reach_complainant(this, dispatch, complaint)])


def record_withheld(*, at: datetime, dispatch_id: UUID) -> None:
    """Record that an e-mail was not sent, for its reader may not know any more. Nobody has to do anything about it."""
    with act(actor=SYSTEM, at=at) as this:
        dispatch = this.lock(Dispatch, dispatch_id)
        if not dispatch.sent_at and not dispatch.failed_at:
            this.change(dispatch, failed_at=at)
            _record(this, dispatch, "mail.withheld")


def _tell(this: Act, dispatch: Dispatch, fact: TimelineCode) -> Complaint | None:
    """Tell the timeline of the complaint and return it; a dispatch of a CAPA has none, and a digest is of many."""
    complaint = Complaint.objects.unscoped("the send's own complaint").filter(pk=dispatch.matter_id).first()
    if complaint is not None and dispatch.kind != DispatchKind.ALERT_DIGEST:
        note_fact(this, complaint, fact, {"kind": dispatch.kind})
    return complaint


def _record(this: Act, dispatch: Dispatch, action: str) -> None:
    """Write it down with the person it was for, or with the send itself where there is no account."""
    kind, key = ("user", dispatch.to_user_id) if dispatch.to_user_id else ("dispatch", dispatch.pk)
    this.record(action, matter_id=dispatch.matter_id, object_type=kind, object_id=key, detail={"kind": dispatch.kind})


def _reach_complainant(this: Act, dispatch: Dispatch, complaint: Complaint) -> Task:
    """Return the owner's task, or the leads', due when the first promise to the complainant is."""
    clocks = open_clocks([complaint.pk]).get(complaint.pk, [])
    return Task(
        matter_id=complaint.pk,
        complaint=complaint,
        reference=complaint.reference,
        kind=TaskKind.REACH_COMPLAINANT,
        detail={"send": dispatch.kind},
        cause=_cause(dispatch),
        due_at=min((clock.due_at for clock in clocks), default=None),
        opened_at=this.at,
        **for_owner_or_leads(complaint, at=this.at),
    )


def _reach_colleague(this: Act, dispatch: Dispatch, complaint: Complaint | None) -> Task:
    """Return the task of whoever leads the work: one a day for each colleague, however much mail comes back."""
    return Task(
        matter_id=dispatch.matter_id,
        complaint=complaint,
        reference=complaint.reference if complaint else dispatch.detail["capa"],
        kind=TaskKind.REACH_COLLEAGUE,
        detail={"name": str(dispatch.to_user)},
        cause=f"unreachable:{dispatch.to_user_id}:{this.at:%Y-%m-%d}",
        opened_at=this.at,
        role=Role.LEAD if complaint else Role.QUALITY_MANAGER,
    )


def _settle_its_task(this: Act, dispatch: Dispatch) -> None:
    own = Task.objects.unscoped("the tasks of this very send").filter(matter_id=dispatch.matter_id, done_at=None)
    rows = own.filter(cause__startswith=f"send:{dispatch.pk}")  # of each time that it failed
    for task in rows.select_related("complaint"):
        settle_task(this, task)


def _cause(dispatch: Dispatch) -> str:
    """Return what names the failure of a send: one that was tried again can fail again."""
    parts = ["send", str(dispatch.pk)]
    if dispatch.retried_at:
        parts.append(dispatch.retried_at.isoformat())
    return ":".join(parts)
