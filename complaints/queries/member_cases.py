"""A member's own complaints, as plain data for the member's pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from complaints.correspondence.models import Direction, Letter, Message
from complaints.correspondence.rendering import LetterContent, LetterSection
from complaints.enums import Relationship, State, TimelineCode, Topic
from complaints.lifecycle import TRANSITIONS
from complaints.models import Complaint, Enclosure, TimelineEntry, own_complaints_of
from complaints.promises import WORDINGS, last_day, promise_named
from complaints.queries.case_head import ClockFace, clock_face, clocks_on_show
from complaints.queries.enclosures import KeptFile
from complaints.queries.notices import ToldNotice, notices_told
from complaints.queries.own_reading import let_read
from complaints.queries.standing import Standing, day_of, standing_of
from complaints.reference import read_reference
from members.actors import Actor, Scope
from members.dates import day_in_words
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.models import Clock
from slas.queries import open_clocks
from slas.versions import zone_of

NOT_TOLD_TWICE = (TimelineCode.MESSAGE_RECEIVED, TimelineCode.MESSAGE_SENT)  # the messages stand there themselves


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One complaint in the member's list. A letter or message of ours that nobody has answered is something to do."""

    reference: str
    topic: str
    received: str
    standing: Standing
    has_letter: bool
    has_message: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """All that the member sees of one complaint; `letter_sent` is a day in words, "" without a letter."""

    id: UUID
    reference: str
    topic: str
    received: str
    standing: Standing
    thread: list[dict[str, Any]]
    told: list[dict[str, str]]
    files: list[KeptFile]
    letter_sent: str
    rights: LetterSection | None
    notices: list[ToldNotice]
    may_withdraw: bool
    may_write: bool
    acts_for_member: bool
    dates: tuple[ClockFace, ...]


def own_complaints(actor: Actor) -> QuerySet[Complaint]:
    """Return the actor's own complaints, as member or as filer, also for staff who may see others' elsewhere."""
    return Complaint.objects.visible_to(actor).filter(own_complaints_of(actor))


def find_own_complaint(*, actor: Actor, reference: str) -> Complaint | None:
    """Return the actor's own complaint with this reference, still sealed, with its matter; None for any other."""
    return own_complaints(actor).select_related("matter").filter(reference=read_reference(reference)).first()


def cases_of(*, actor: Actor, now: datetime) -> list[CaseRow]:
    """Return the member's complaints, newest first: three queries, however many there are."""
    sent = Letter.objects.visible_to(actor).filter(complaint_id=OuterRef("pk"))
    rows = own_complaints(actor).select_related("matter").annotate(has_letter=Exists(sent)).order_by("-received_at")
    ids = [row.pk for row in rows]
    clocks = open_clocks(ids)
    messages = Message.objects.visible_to(actor).filter(complaint_id__in=ids).order_by("complaint_id", "-sent_at")
    last = dict(messages.distinct("complaint_id").values_list("complaint_id", "direction"))
    return [
        CaseRow(
            reference=row.reference,
            topic=str(Topic(row.topic).label),
            received=day_of(row.received_at, ZoneInfo(row.matter.time_zone)),
            standing=standing_of(row, clocks.get(row.pk, []), now=now),
            has_letter=row.has_letter and row.state == State.DECIDED,
            has_message=last.get(row.pk) == Direction.TO_MEMBER,
        )
        for row in rows
    ]


def case_page(*, actor: Actor, now: datetime, reference: str) -> CasePage | None:
    """Return one of the member's own complaints, or None; what is opened for it is recorded."""
    complaint = find_own_complaint(actor=actor, reference=reference)
    if complaint is None:
        return None
    zone = ZoneInfo(complaint.matter.time_zone)
    clocks = clocks_on_show(complaint)
    letter = Letter.objects.visible_to(actor).filter(complaint_id=complaint.pk).defer("pdf").first()
    messages = list(Message.objects.visible_to(actor).filter(complaint_id=complaint.pk))
    if not let_read(complaint, [complaint, *messages, *([letter] if letter else [])], actor=actor, at=now):
        return None
    with phi_access(actor=actor, purpose=Purpose.OWN_COMPLAINT, at=now):
        return CasePage(
            id=complaint.pk,
            reference=complaint.reference,
            topic=str(Topic(complaint.topic).label),
            received=day_of(complaint.received_at, zone),
            standing=standing_of(complaint, [clock for clock in clocks if clock.is_open], now=now),
            thread=_thread(actor, complaint, messages),
            told=_told(complaint),
            files=KeptFile.opened(Enclosure.objects.visible_to(actor).filter(complaint_id=complaint.pk)),
            letter_sent=day_of(letter and letter.sent_at, zone),
            rights=LetterContent.restored(letter.content).next_level if letter else None,
            notices=notices_told(complaint, actor),
            may_withdraw=_may_withdraw(complaint, actor),
            may_write=complaint.allows(actor, Scope.WRITE),
            acts_for_member=complaint.member_id not in {None, actor.member_id},
            dates=tuple(replace(clock_face(clock, now), title=date_for_member(clock)) for clock in promised(clocks)),
        )


def _may_withdraw(complaint: Complaint, actor: Actor) -> bool:
    able = complaint.allows(actor, Scope.FILE) and not complaint.informed_at
    return able and TRANSITIONS["withdraw"].refusal(complaint, actor) is None


def promised(clocks: Iterable[Clock]) -> list[Clock]:
    """Return the clocks that the member was promised something by; inner obligations promise nothing."""
    return [clock for clock in clocks if clock.policy.promise or clock.kind in WORDINGS]


def date_for_member(clock: Clock) -> str:
    """Return what a date is called to the member, with its day, whatever became of it: not by our own title."""
    kind = promise_named(clock.kind, legal=clock.policy.legal, met_on=clock.policy.met_on)
    if kind not in WORDINGS:
        return clock.policy.title
    day = last_day(clock.due_at, zone_of(clock), to_the_minute=clock.ends_to_the_minute)
    return WORDINGS[kind].short % {"day": day}


def _thread(actor: Actor, complaint: Complaint, messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return messages and events, newest first, as templates/ui/message_list.html takes them."""
    entries = TimelineEntry.objects.visible_to(actor).filter(complaint_id=complaint.pk).exclude(code__in=NOT_TOLD_TWICE)
    items = [_message(actor, row) for row in messages]
    items += [{"kind": "event", "at": row.at, "text": TimelineCode(row.code).label} for row in entries]
    return sorted(items, key=lambda item: item["at"], reverse=True)


def _message(actor: Actor, row: Message) -> dict[str, Any]:
    mine = row.direction == Direction.FROM_MEMBER
    who = row.author_label
    if mine:
        who = _("You") if row.author_id == actor.user_id else _("The member, or somebody who acts for the member")
    return {"kind": "message", "who": who, "at": row.sent_at, "text": row.body, "mine": mine}


def _told(complaint: Complaint) -> list[dict[str, str]]:
    """Return what the member told us when complaining; what was left out is left out here too."""
    happened_on = complaint.happened_on
    rows = (
        (_("What happened"), complaint.narrative),
        (_("What would make it right"), complaint.desired_outcome),
        (_("When it happened"), day_in_words(happened_on)),
        (_("Could waiting do harm?"), _("Yes") if complaint.harm_if_waiting else _("No")),
        (_("Who wrote to us"), str(Relationship(complaint.relationship).label)),
        (_("Name"), complaint.complainant_name),
        (_("E-mail address"), complaint.complainant_email),
        (_("Phone number"), complaint.complainant_phone),
        (_("Postal address"), complaint.postal_address),
        (_("Member number"), complaint.member_number),
    )
    return [{"key": key, "value": value} for key, value in rows if value]
