"""A member's complaints at the stages that the member's pages tell apart, made by the real operations."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from complaints.correspondence.models import LetterChannel
from complaints.correspondence.rendering import LetterContent, LetterSection
from complaints.enums import Level, Outcome, Topic
from complaints.models import Complaint
from complaints.operations import (
    Axes,
    Statement,
    acknowledge_complaint,
    assess_complaint,
    complete_investigation,
    inform_member,
    issue_decision,
    issue_letter,
    submit_complaint,
    take_complaint,
)
from members.actors import GUEST, SYSTEM, Actor, Role
from members.models import Member
from tests import people

HOUSE = ZoneInfo(settings.HOUSE_TIME_ZONE)
STATEMENT = Statement(
    narrative="You paid the claim, and then I got the bill.",
    topic=Topic.BILL,
    name="Joseph K",
    email="joseph@example.org",
    desired_outcome="Pay it.",
    postal_address="1 Elm Street",
)
LETTER = LetterContent(
    title="Our decision",
    reference="",
    dated="March 5, 2026",
    recipient=("Joseph K",),
    salutation="Dear Joseph K,",
    sections=(LetterSection("Why", ("We made a mistake.",)),),
    next_level=LetterSection("If you do not agree", ("You can appeal until September 1.",), ("Call us", "Write to us")),
    closing="Sincerely,",
    signed_by=("Dana Ruiz",),
    insurer="Meridian Health Plan",
    phone="1-800-555-0100 (TTY 711)",
)
SIMPLE = Axes(
    Level.LOW, Level.LOW, Level.LOW, Level.LOW, immediate_action_needed=False, immediate_action_possible=False
)


def submitted(*, person: Member | None = None, at: datetime = people.AT, **said: object) -> Complaint:
    """Return a complaint of a member, or of a guest."""
    statement = replace(STATEMENT, member_id=person.pk if person else None, **said)
    return submit_complaint(actor=GUEST, at=at, statement=statement)


def agent() -> Actor:
    """Return a new agent."""
    return people.actor_of(people.staff(Role.AGENT))


def assessed(complaint: Complaint, by: Actor, *, at: datetime = people.AT) -> Complaint:
    """Return the complaint as its new owner has assessed it."""
    at += timedelta(hours=1)
    acknowledge_complaint(actor=SYSTEM, at=at, complaint_id=complaint.pk, proof="email")
    take_complaint(actor=by, at=at, complaint_id=complaint.pk)
    return assess_complaint(actor=by, at=at, complaint_id=complaint.pk, axes=SIMPLE)


def answered(
    complaint: Complaint,
    by: Actor,
    *,
    at: datetime = people.AT,
    channel: LetterChannel = LetterChannel.POST,
    posted: bool = True,
) -> Complaint:
    """Return the complaint with its decision letter written, and posted unless told otherwise."""
    assessed(complaint, by, at=at)
    at += timedelta(days=2)
    complete_investigation(actor=by, at=at, complaint_id=complaint.pk, findings="The money went elsewhere.")
    issue_decision(
        actor=by,
        at=at,
        complaint_id=complaint.pk,
        outcome=Outcome.UPHELD,
        rationale="We made a mistake.",
        evidence_reviewed="The claim.",
    )
    letter = replace(LETTER, reference=complaint.reference)
    issue_letter(actor=by, at=at, complaint_id=complaint.pk, content=letter, channel=channel)
    if posted:
        inform_member(actor=by, at=at, complaint_id=complaint.pk, proof="post")
    return Complaint.objects.unscoped("test").get(pk=complaint.pk)
