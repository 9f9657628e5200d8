"""Receipt (ISO 10002 7.2): the complaint, its sealed words, its clocks and the acknowledgement, in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings

from complaints.correspondence.models import DispatchKind
from complaints.correspondence.operations import request_dispatch
from complaints.enums import Channel, Language, LineOfBusiness, Priority, Relationship, TimelineCode, Topic, Track
from complaints.models import Complaint
from complaints.operations._door import note_fact
from complaints.operations._surnames import surname_indexes
from complaints.operations.start_clocks import start_clocks
from complaints.reference import new_reference
from complaints.search.index import index_text
from members.actors import Actor, ActorKind, Role
from members.acts import act
from slas.operations import open_matter

MATTER_KIND = "complaint"


@dataclass(frozen=True, slots=True)
class Statement:
    """What the complainant tells us, whatever the channel. Empty text means: not given."""

    narrative: str
    topic: Topic = Topic.OTHER
    relationship: Relationship = Relationship.SELF
    language: Language = Language.EN
    harm_if_waiting: bool = False
    happened_on: date | None = None
    desired_outcome: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    postal_address: str = ""
    member_number: str = ""
    line_of_business: LineOfBusiness = LineOfBusiness.UNKNOWN
    member_id: UUID | None = None


def submit_complaint(
    *,
    actor: Actor,
    at: datetime,
    statement: Statement,
    channel: Channel = Channel.PORTAL,
    received_at: datetime | None = None,
    submission_key: UUID | None = None,
) -> Complaint:
    """Receive a complaint and start what is owed for it.

    `received_at` is when the insurer got it, which for paper and phone is before `at`; clocks start there, those of
    the house and those of the laws that bind it. A member who says that waiting could do harm is put on the expedited
    track at once; the assessment confirms or changes that.
    """
    received_at = received_at or at
    track = Track.EXPEDITED if statement.harm_if_waiting else Track.STANDARD
    with act(actor=actor, at=at) as this:
        matter = open_matter(
            this=this, kind=MATTER_KIND, time_zone=settings.HOUSE_TIME_ZONE, language=statement.language
        )
        complaint = Complaint(
            matter=matter,
            reference=_free_reference(actor, received_at),
            series_id=matter.pk,
            submission_key=submission_key,
            member_id=statement.member_id,
            filed_by_id=actor.user_id if actor.has(Role.MEMBER) else None,
            track=track,
            priority=Priority.URGENT if statement.harm_if_waiting else Priority.NORMAL,
            channel=channel,
            topic=statement.topic,
            relationship=statement.relationship,
            line_of_business=statement.line_of_business,
            language=statement.language,
            harm_if_waiting=statement.harm_if_waiting,
            happened_on=statement.happened_on,
            is_history=actor.kind is ActorKind.IMPORT,
            complainant_name=statement.name or None,
            complainant_email=statement.email or None,
            complainant_phone=statement.phone or None,
            postal_address=statement.postal_address or None,
            member_number=statement.member_number or None,
            surname_indexes=surname_indexes(matter.pk, statement.name),
            narrative=statement.narrative,
            desired_outcome=statement.desired_outcome or None,
            received_at=received_at,
            submitted_at=at,
        )
        this.add(complaint)
        index_text(this, complaint)
        note_fact(this, complaint, TimelineCode.SUBMITTED, {"channel": channel})
        start_clocks(this, complaint, matter)
        if statement.email and actor.kind is not ActorKind.IMPORT:
            request_dispatch(
                this=this, matter_id=matter.pk, kind=DispatchKind.ACKNOWLEDGEMENT, key=f"acknowledge:{matter.pk}"
            )
    return complaint


def _free_reference(actor: Actor, at: datetime) -> str:
    """Draw a reference that is not taken; should two acts draw the same at once, the unique constraint stops one.

    An import leaves it to that constraint alone, for it tries again by itself.
    """
    while True:
        reference = new_reference(at)
        if actor.kind is ActorKind.IMPORT:
            return reference
        if (
            not Complaint.objects.unscoped("a reference is taken by whosever complaint")
            .filter(reference=reference)
            .exists()
        ):
            return reference
