"""The queue: whatever something is owed on, by what is due first.

Pages are cut by walking the clocks' index, never by sorting all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, TextChoices

from complaints.enums import OPEN_STATES, Language, Priority, State, Topic
from complaints.models import Complaint
from complaints.time_left import TimeLeft, time_left
from members.actors import Actor
from members.privacy.access import phi_access
from members.privacy.keyring import SealBroken
from members.privacy.purposes import Purpose
from slas.models import OPEN, Clock, ClockState

PAGE_SIZE = 50
REPLY = "message_reply"
CANNOT_BE_OPENED = "Cannot be opened"
TOPICS = MappingProxyType(
    {
        Topic.CLAIM_DENIED: "Claim denied",
        Topic.CLAIM_DELAYED: "Claim delayed",
        Topic.BILL: "Bill or refund",
        Topic.AUTHORIZATION: "Authorization",
        Topic.ACCESS: "Access to care",
        Topic.ENROLLMENT: "Enrollment",
        Topic.SERVICE: "Service",
        Topic.PRIVACY: "Privacy",
        Topic.OTHER: "Other",
    }
)
"""Topics in a word or two: the members' own words are too long for a column."""


ByDueDate = Any
"""A query set of complaints that were given `due_at` and `clock_state`, which type checkers cannot know of."""


class SavedView(TextChoices):
    """A part of the queue that everybody looks at. Replied: the member wrote, and waits for our answer."""

    OPEN = "open", "All open"
    TODAY = "today", "Due today"
    OVERDUE = "overdue", "Overdue"
    MINE = "mine", "Mine"
    UNASSIGNED = "unassigned", "Unassigned"
    URGENT = "urgent", "Urgent"
    REPLIED = "replied", "Replied"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One complaint in the queue, with what is due first."""

    reference: str
    name: str
    topic: str
    state: str
    language: str
    owner: str
    priority: Priority
    received_at: datetime
    due_at: datetime
    time_left: TimeLeft | None


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of a saved view, and how many complaints each view holds."""

    page: Page
    counts: dict[SavedView, int]


def read_queue(*, actor: Actor, view: SavedView, page: str | None, at: datetime) -> Queue:
    """Return a page of a view with the complainants' names opened: five queries and the record of the opening.

    `page` is what stands in the address: nonsense is the first page, and what lies beyond the end the last one.
    """
    counts = count_views(actor=actor, at=at)
    paginator = Paginator(_in_view(_by_due_date(actor), view, actor, at), PAGE_SIZE)
    paginator.count = counts[view]
    found = paginator.get_page(page)
    rows = _opened(found.object_list, actor, Purpose.QUEUE, at)
    return Queue(Page(rows, found.number, paginator), counts)


def read_whole_view(*, actor: Actor, view: SavedView, at: datetime) -> list[QueueRow]:
    """Return all rows of a view, for an export."""
    return _opened(_in_view(_by_due_date(actor), view, actor, at), actor, Purpose.QUEUE_EXPORT, at)


def count_views(*, actor: Actor, at: datetime) -> dict[SavedView, int]:
    """Return how many complaints each view holds, in three queries: what is open, what was replied, what is due.

    A complaint that has ended is in the queue again when the member writes, until we answer.
    """
    rows = Complaint.objects.visible_to(actor.as_staff())
    by_work = rows.filter(state__in=OPEN_STATES).aggregate(**_work(actor, Q()))
    replied = rows.filter(_has_open(REPLY))
    by_reply = replied.aggregate(replied=Count("pk"), **_work(actor, ~Q(state__in=OPEN_STATES)))
    due = rows.filter(matter__clocks__state=ClockState.RUNNING, matter__clocks__due_at__lte=_end_of_day(at))
    by_date = due.aggregate(
        overdue=Count("pk", filter=Q(matter__clocks__due_at__lt=at), distinct=True),
        until_tonight=Count("pk", distinct=True),
    )
    counts = {name: by_work[name] + by_reply[name] for name in by_work}
    counts |= {"replied": by_reply["replied"], "overdue": by_date["overdue"]}
    counts |= {"today": by_date["until_tonight"] - by_date["overdue"]}
    return {view: counts[view] for view in SavedView}


def _work(actor: Actor, only: Q) -> dict[str, Count]:
    """Return the counts of the views that ask whose a complaint is and how urgent."""
    return {
        "open": Count("pk", filter=only),
        "mine": Count("pk", filter=only & Q(owner=actor.user_id)),
        "unassigned": Count("pk", filter=only & Q(owner=None)),
        "urgent": Count("pk", filter=only & Q(priority=Priority.URGENT)),
    }


def _has_open(kind: str) -> Q:
    """Return the condition that a clock of this kind is open; few are, and they are found by their own index."""
    return Q(pk__in=Clock.objects.filter(kind=kind, state__in=OPEN).values("matter_id"))


def _by_due_date(actor: Actor) -> ByDueDate:
    """Return what something is owed on with the clock that is due first; a paused one counts where none is running.

    Every open complaint has an open clock: its answer is owed until it ends.
    """
    rows = Complaint.objects.visible_to(actor.as_staff()).annotate(
        clock=FilteredRelation("matter__clocks", condition=Q(matter__clocks__state__in=OPEN)),
        clock_id=F("clock__id"),
        clock_state=F("clock__state"),
        due_at=F("clock__due_at"),
    )
    sooner = Clock.objects.filter(
        Q(state__lt=OuterRef("clock_state"))
        | Q(state=OuterRef("clock_state"), due_at__lt=OuterRef("due_at"))
        | Q(state=OuterRef("clock_state"), due_at=OuterRef("due_at"), id__lt=OuterRef("clock_id")),
        matter_id=OuterRef("pk"),
        state__in=OPEN,
    )
    return rows.filter(~Exists(sooner), due_at__isnull=False).order_by("due_at", "-priority", "pk")


def _in_view(rows: ByDueDate, view: SavedView, actor: Actor, at: datetime) -> ByDueDate:
    running = Q(clock_state=ClockState.RUNNING)
    holds = {
        SavedView.OPEN: Q(),
        SavedView.TODAY: running & Q(due_at__gte=at, due_at__lte=_end_of_day(at)),
        SavedView.OVERDUE: running & Q(due_at__lt=at),
        SavedView.MINE: Q(owner=actor.user_id),
        SavedView.UNASSIGNED: Q(owner=None),
        SavedView.URGENT: Q(priority=Priority.URGENT),
        SavedView.REPLIED: _has_open(REPLY),
    }
    return rows.filter(holds[view])


def _opened(rows: ByDueDate, actor: Actor, purpose: Purpose, at: datetime) -> list[QueueRow]:
    narrow = rows.select_related("owner").only(
        "reference", "complainant_name", "topic", "state", "language", "priority", "received_at", "owner__display_name"
    )
    with phi_access(actor=actor, purpose=purpose, at=at):
        return [_row(complaint, at) for complaint in narrow]


def _row(complaint: Any, at: datetime) -> QueueRow:
    return QueueRow(
        reference=complaint.reference,
        name=_name(complaint),
        topic=TOPICS[Topic(complaint.topic)],
        state=str(State(complaint.state).label),
        language=str(Language(complaint.language).label),
        owner=str(complaint.owner or ""),
        priority=Priority(complaint.priority),
        received_at=complaint.received_at,
        due_at=complaint.due_at,
        time_left=time_left(due_at=complaint.due_at, now=at, paused=complaint.clock_state == ClockState.PAUSED),
    )


def _name(complaint: Complaint) -> str:
    """Return the complainant's name; one that does not open takes the place of itself alone, not of the queue."""
    try:
        return complaint.complainant_name or ""
    except SealBroken:
        return CANNOT_BE_OPENED


def _end_of_day(at: datetime) -> datetime:
    """Return the midnight that ends the insurer's day."""
    tomorrow = at.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
