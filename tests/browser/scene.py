"""Complaints at every stage for the pages that are looked at, made by the real operations inside the running stack.

Runs there as `manage.py shell -c "from tests.browser.scene import lay; lay(…)"` and prints what it made as JSON.
"""

import json
from datetime import date, datetime, timedelta
from uuid import UUID

from complaints.capa.operations import add_action, approve_plan, complete_action, open_capa, record_root_cause
from complaints.correspondence.models import Dispatch, DispatchKind, LetterChannel, Notice
from complaints.correspondence.operations import SEND
from complaints.enums import EvidenceSource, Level, LineOfBusiness, Outcome, RemedyKind, TaskKind, Topic
from complaints.models import Complaint, Task
from complaints.notices.make import make_notices
from complaints.operations import (
    Axes,
    Statement,
    add_evidence,
    assess_complaint,
    close_complaint,
    complete_investigation,
    inform_member,
    issue_decision,
    issue_letter,
    open_tasks,
    record_sent,
    send_message,
    submit_complaint,
    take_complaint,
    write_note,
)
from complaints.queries.decision_letter import draft_letter
from complaints.queries.policies import current_text
from members.accounts.models import User
from members.actors import SYSTEM, Actor
from members.acts import act
from members.identifiers import new_id
from slas.models import Clock, Outbox
from slas.operations import ask_replay, write_draft
from slas.outbox import settle
from slas.queries import database_now
from tests.browser.scene_access import lay_people, lay_representatives, lay_restricted
from tests.browser.scene_files import lay_files
from tests.browser.scene_oversight import lay_oversight
from tests.browser.scene_retention import lay_retention
from tests.browser.scene_sharing import lay_sharing

CAUSE = "claim_rules"
PLAIN = Axes(
    severity=Level.LOW,
    safety=Level.LOW,
    complexity=Level.LOW,
    impact=Level.LOW,
    immediate_action_needed=False,
    immediate_action_possible=False,
)


def lay(**emails: str) -> None:
    """Make the scene for the people with these addresses: member, agent, lead, quality_manager, privacy_officer."""
    people = {role: _actor(email) for role, email in emails.items()}
    scene = Scene(people["member"], people["agent"], at=database_now() - timedelta(days=2))
    facts = {stage: scene.complaint(stage).reference for stage in STAGES}
    lay_files(facts["letter_sent"], at=scene.at())
    facts["untaken"] = scene.complaint("received").reference
    facts["unreachable"] = scene.complaint("taken", own=False).reference
    facts["foreign"] = scene.complaint("letter_sent", own=False).reference
    facts["posted"] = scene.complaint("letter_issued", own=False).reference
    facts |= _dates_of_law(scene)
    facts |= _with_task(scene)
    facts |= _capas(scene, people)
    facts |= lay_restricted(scene, people)
    facts |= lay_oversight(people)
    facts |= lay_retention(people)
    facts |= lay_people(scene, people)
    lay_representatives(scene, people)
    facts |= lay_sharing(scene, people, facts["letter_sent"])
    _give_up_an_email()
    facts |= _drafts(people["quality_manager"])
    print(json.dumps(facts))  # noqa: T201 -- this is how it tells


def _give_up_an_email() -> None:
    """Let one stand there as two days without a mail server would leave it."""
    send = Dispatch.objects.order_by("pk").first()
    Outbox.objects.create(
        matter_id=send.matter_id,
        key=f"scene:{send.pk}",
        topic=SEND,
        payload={"dispatch": str(send.pk)},
        dead_at=database_now(),
        fault="ConnectionRefusedError",
    )


def _actor(email: str) -> Actor:
    return User.objects.with_standing().get(pk=User.objects.of_email(email).get().pk).as_actor(at=database_now())


STAGES = ("received", "taken", "assessed", "investigated", "decided", "letter_sent", "closed")


def _dates_of_law(scene: "Scene") -> dict[str, str]:
    """Return a complaint that a law binds, and one whose date was missed, with the letter that was sent for it."""
    bound, late = scene.bound_by_law(days_ago=3), scene.bound_by_law(days_ago=33)
    clock = Clock.objects.get(matter_id=late.pk, policy__legal=True)
    make_notices(at=scene.at(), matter_id=late.pk, clock_id=clock.id, epoch=1, code=100)
    for dispatch in Dispatch.objects.filter(matter_id=late.pk, kind=DispatchKind.NOTICE_READY):
        record_sent(at=scene.at(), dispatch_id=dispatch.pk)
    letter = Notice.objects.unscoped("scene").get(complaint=late)
    return {"bound": bound.reference, "late": late.reference, "late_letter": str(letter.pk)}


class Scene:
    """Takes complaints as far as asked; each act is a minute after the one before."""

    def __init__(self, member: Actor, agent: Actor, *, at: datetime) -> None:
        self.member, self.agent, self.now = member, agent, at

    def at(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def complaint(self, stage: str, *, own: bool = True) -> Complaint:
        complaint = self._submitted(own=own)
        told = {"actor": self.agent, "complaint_id": complaint.pk}
        way = [*STAGES[:5], "letter_issued", *STAGES[5:]]
        for reached in way[1 : way.index(stage) + 1]:
            getattr(self, f"_{reached}")(told)
        return complaint

    def bound_by_law(self, *, days_ago: int) -> Complaint:
        complaint = self._submitted(own=True, days_ago=days_ago, line_of_business=LineOfBusiness.MEDICARE_ADVANTAGE)
        told = {"actor": self.agent, "complaint_id": complaint.pk}
        self._taken(told)
        self._assessed(told)
        return complaint

    def _submitted(self, *, own: bool, days_ago: int = 0, **known: LineOfBusiness) -> Complaint:
        statement = Statement(
            narrative="They sent me a bill that I had paid.\n\nI called twice and waited for an hour.",
            desired_outcome="Take the bill back.",
            topic=Topic.BILL,
            name="Maria Alvarez" if own else "Otto Fremd",
            email="maria@example.org" if own else "",
            postal_address="" if own else "1 Elm Street\nHartford, CT 06103",
            member_id=self.member.member_id if own else None,
            **known,
        )
        at = self.at()
        return submit_complaint(
            actor=self.member if own else SYSTEM,
            at=at,
            received_at=at - timedelta(days=days_ago),
            statement=statement,
            submission_key=new_id(),
        )

    def _taken(self, told: dict) -> None:
        take_complaint(**told, at=self.at(), from_owner_id=None)

    def _assessed(self, told: dict) -> None:
        assess_complaint(**told, at=self.at(), axes=PLAIN)
        write_note(**told, at=self.at(), body="Called the member.")
        if Complaint.objects.unscoped("scene").get(pk=told["complaint_id"]).member_id:
            send_message(**told, at=self.at(), body="Which bill is it?")

    def _investigated(self, told: dict) -> None:
        add_evidence(
            **told,
            at=self.at(),
            title="The bill",
            source=EvidenceSource.MEMBER,
            obtained_on=date(2026, 6, 3),
            detail="Dated June 1.",
        )
        complete_investigation(**told, at=self.at(), findings="It was paid.")

    def _decided(self, told: dict) -> None:
        issue_decision(
            **told,
            at=self.at(),
            outcome=Outcome.UPHELD,
            rationale="You had paid the bill.",
            evidence_reviewed="The bill",
            remedy_kind=RemedyKind.REFUND,
            remedy="We take the bill back by July 31.",
        )

    def _letter_issued(self, told: dict) -> None:
        at, complaint = self.at(), Complaint.objects.unscoped("scene").get(pk=told["complaint_id"])
        draft = draft_letter(actor=self.agent, complaint=complaint, at=at)
        channel = LetterChannel.PORTAL if draft.can_go_online else LetterChannel.POST
        issue_letter(**told, at=at, content=draft.content, channel=channel)

    def _letter_sent(self, told: dict) -> None:
        inform_member(**told, at=self.at(), proof="email")

    def _closed(self, told: dict) -> None:
        close_complaint(**told, at=self.at())


def _with_task(scene: Scene) -> dict[str, str]:
    """Let an e-mail about a complaint have come back."""
    complaint = scene.complaint("taken")
    with act(actor=SYSTEM, at=scene.at()) as this:
        task = Task(
            matter_id=complaint.pk,
            complaint=complaint,
            reference=complaint.reference,
            kind=TaskKind.REACH_COMPLAINANT,
            detail={"send": "acknowledgement"},
            cause=f"send:{complaint.pk}",
            assignee_id=scene.agent.user_id,
            due_at=scene.now + timedelta(days=3),
            opened_at=scene.now,
        )
        open_tasks(this=this, tasks=[task])
    return {"task": str(task.pk), "with_task": complaint.reference}


def _capas(scene: Scene, people: dict[str, Actor]) -> dict[str, str]:
    """Open one CAPA that waits for its approval, and carry another one out."""
    quality, owner = people["quality_manager"], people["agent"].user_id
    cases = [scene.complaint("closed").pk for _ in range(2)]
    for case in cases:
        record_root_cause(actor=quality, at=scene.at(), complaint_id=case, cause=CAUSE, explanation="A rule is wrong.")
    opened, done = (_open(scene, quality, owner, case) for case in cases)
    action = _planned(scene, quality, owner, done.pk)
    approve_plan(
        actor=quality,
        at=scene.at(),
        capa_id=done.pk,
        criterion="None in 90 days.",
        check_on=scene.now.date() + timedelta(days=120),
    )
    waiting = _planned(scene, quality, owner, opened.pk)
    complete_action(actor=people["agent"], at=scene.at(), action_id=action)
    return {"capa": opened.reference, "capa_action": str(waiting), "capa_done": done.reference}


def _drafts(quality: Actor) -> dict[str, str]:
    """Draft another limit for complaints, and reckon what it would have done."""
    text = current_text("pack", "house").replace("15 business days", "10 business days")
    at, key = database_now(), new_id()
    words = {"kind": "pack", "text": text, "note": "Ten days are enough."}
    for days, draft_id in ((30, key), (60, waiting := new_id())):
        effective_on = at.date() + timedelta(days=days)
        write_draft(actor=quality, at=at, draft_id=draft_id, effective_on=effective_on, **words)
    ask_replay(actor=quality, at=at, draft_id=key)
    settle([row.pk for row in Outbox.objects.filter(matter_id=key)])
    return {"draft": str(key), "draft_waiting": str(waiting)}


def _open(scene: Scene, quality: Actor, owner: UUID, case: UUID):
    return open_capa(
        actor=quality,
        at=scene.at(),
        title="Bills that were paid",
        problem="Members get bills that they have paid.",
        cause=CAUSE,
        owner_id=owner,
        complaint_ids=[case],
    )


def _planned(scene: Scene, quality: Actor, owner: UUID, capa_id: UUID) -> UUID:
    return add_action(
        actor=quality,
        at=scene.at(),
        capa_id=capa_id,
        kind="corrective",
        description="Teach the system what was paid.",
        owner_id=owner,
        due_on=scene.now.date() + timedelta(days=30),
    ).pk
