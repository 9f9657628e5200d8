"""Complaints and CAPAs for tests, brought to where a test needs them by the real operations."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from complaints.capa.enums import ActionKind
from complaints.capa.models import Capa, CapaAction
from complaints.capa.operations import add_action, approve_plan, complete_action, open_capa, record_root_cause
from complaints.enums import Level, Outcome
from complaints.models import Complaint
from complaints.operations import (
    Axes,
    Statement,
    assess_complaint,
    complete_investigation,
    issue_decision,
    submit_complaint,
    take_complaint,
)
from members.accounts.models import User
from members.actors import GUEST, Actor, Role
from tests.people import actor_of, staff

AT = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)
ORDINARY = Axes(*[Level.LOW] * 4, immediate_action_needed=False, immediate_action_possible=False)
CRITERION = "No more than 2 complaints about claim coding in 60 days."
CHECK_ON = date(2026, 9, 1)


def complaint(*, at: datetime = AT, narrative: str = "My claim was denied.") -> Complaint:
    """Return a complaint that has just come in."""
    return submit_complaint(actor=GUEST, at=at, statement=Statement(narrative=narrative, name="Joseph K"))


def decided(*, at: datetime = AT, outcome: Outcome = Outcome.UPHELD, handler: Actor | None = None) -> Complaint:
    """Return a complaint that was decided at a moment."""
    handler = handler or _agent()
    row = complaint(at=at)
    who = {"actor": handler, "at": at, "complaint_id": row.pk}
    take_complaint(**who)
    assess_complaint(**who, axes=ORDINARY)
    complete_investigation(**who, findings="The code was read wrongly.")
    issue_decision(**who, outcome=outcome, rationale="We read the code wrongly.", evidence_reviewed="The claim.")
    return Complaint.objects.unscoped("a test looks at it").get(pk=row.pk)


def _agent() -> Actor:
    """Return the one agent who handles what a test gives to nobody: hashing a password takes time."""
    return actor_of(User.objects.filter(display_name="Ana Lee").first() or staff(Role.AGENT, name="Ana Lee"))


def analysed(manager: Actor, *causes: str, at: datetime = AT, **kwargs) -> Complaint:
    """Return a decided complaint with its root causes recorded."""
    row = decided(at=at, **kwargs)
    for cause in causes or ("claim_coding",):
        record_root_cause(actor=manager, at=at, complaint_id=row.pk, cause=cause)
    return row


def opened(manager: Actor, owner_id: UUID, *, complaints: Sequence[Complaint] = (), at: datetime = AT, **words) -> Capa:
    """Return a CAPA without a plan, from one complaint unless told otherwise."""
    rows = complaints or [analysed(manager, at=at)]
    words = {
        "title": "Codes of lab tests",
        "problem": "The new code list was not loaded.",
        "cause": "claim_coding",
    } | words
    return open_capa(
        actor=manager, at=at, owner_id=owner_id, complaint_ids=[row.pk for row in rows], opening_key=uuid4(), **words
    )


def with_action(actor: Actor, capa: Capa, owner_id: UUID, *, due_on: date = date(2026, 7, 1), at: datetime = AT):
    """Return an action of a CAPA."""
    return add_action(
        actor=actor,
        at=at,
        capa_id=capa.pk,
        kind=ActionKind.CORRECTIVE,
        description="Load the code list every quarter.",
        owner_id=owner_id,
        due_on=due_on,
    )


def planned(manager: Actor, owner_id: UUID, *, at: datetime = AT, **kwargs) -> Capa:
    """Return a CAPA whose plan of one action is approved."""
    capa = opened(manager, owner_id, at=at, **kwargs)
    with_action(manager, capa, owner_id, at=at, due_on=(at + timedelta(days=30)).date())
    return approve_plan(
        actor=manager,
        at=at,
        capa_id=capa.pk,
        criterion=CRITERION,
        check_on=(at + timedelta(days=92)).date(),
    )


def implemented(
    manager: Actor, owner_id: UUID, *, at: datetime = AT, done_at: datetime | None = None, **kwargs
) -> Capa:
    """Return a CAPA whose one action is done."""
    capa = planned(manager, owner_id, at=at, **kwargs)
    for action in CapaAction.objects.unscoped("a test carries it out").filter(capa=capa):
        complete_action(actor=manager, at=done_at or at, action_id=action.pk)
    return Capa.objects.unscoped("a test looks at it").get(pk=capa.pk)
