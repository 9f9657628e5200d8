"""Reads of the deadline engine. Nothing here changes a row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from slas.faces import is_fold
from slas.models import OPEN, CalendarVersion, Clock, ClockEvent, Outbox, PolicyVersion, Sweeper
from slas.sweep import SET_ASIDE

HORIZON_ALARM_DAYS = 400  # a year, and a month to review the next one in


def database_now() -> datetime:
    """Return the time of the database, the only clock that counts: those of hosts may be wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    return now


def open_clocks(matter_ids: Iterable[UUID]) -> dict[UUID, list[Clock]]:
    """Return the open clocks of these matters with their policies, earliest due date first: one query.

    Matters without any are absent.
    """
    found = defaultdict(list)
    rows = Clock.objects.filter(matter_id__in=list(matter_ids), state__in=OPEN)
    for clock in rows.select_related("policy").order_by("due_at"):
        found[clock.matter_id].append(clock)
    return dict(found)


@dataclass(frozen=True, slots=True)
class HorizonAlarm:
    """A calendar whose reviewed days run out, after which no clock could start or fall due by it."""

    calendar: str
    last_on: date
    days_left: int

    def __str__(self) -> str:
        """Return the sentence that an operator reads."""
        return (
            f"calendar {self.calendar} ends on {self.last_on}, in {self.days_left} days; "
            "review the years after it and publish them as its next version"
        )


def horizon_alarms(now: datetime) -> list[HorizonAlarm]:
    """Return the calendars that end within 400 days, the first to end first: one query."""
    return [alarm for alarm in _horizons(now, CalendarVersion.objects.all()) if alarm.days_left < HORIZON_ALARM_DAYS]


def calendar_horizon_days(now: datetime) -> int | None:
    """Return the days left in the first calendar to end of those that obligations in force count by: one query."""
    in_force = PolicyVersion.objects.filter(Q(effective_to=None) | Q(effective_to__gt=now.date()))
    used = CalendarVersion.objects.filter(calendar__in=in_force.values("calendar"))
    return next((horizon.days_left for horizon in _horizons(now, used)), None)


def _horizons(now: datetime, rows: QuerySet[CalendarVersion]) -> list[HorizonAlarm]:
    ends = rows.values_list("calendar").annotate(end=Max("last_on")).order_by("end", "calendar")
    return [HorizonAlarm(calendar, last_on, (last_on - now.date()).days) for calendar, last_on in ends]


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine does, seen from outside of it: a dead sweeper cannot report that it is dead.

    `oldest_unanswered` is the age of the oldest effect which nobody tried to an end; `oldest_unsettled` knows
    those too that failed and wait for their next try.
    """

    armed: int
    set_aside: int
    overdue_unfired: int
    oldest_overdue: timedelta | None
    heartbeat_age: timedelta | None
    outbox_unsettled: int
    oldest_unanswered: timedelta | None
    oldest_unsettled: timedelta | None
    outbox_dead: int
    calendar_horizon_days: int | None


def health(now: datetime) -> Health:
    """Return the figures that an operator alarms on: four queries over partial indexes, one of calendars."""
    armed = Clock.objects.filter(next_fire_at__isnull=False).aggregate(
        armed=Count("next_fire_at"),
        overdue=Count("next_fire_at", filter=Q(next_fire_at__lte=now)),
        oldest=Min("next_fire_at"),
        aside=Count("next_fire_at", filter=Q(next_fire_at__gte=SET_ASIDE)),
    )
    unsettled = Outbox.objects.filter(settled_at__isnull=True, dead_at__isnull=True).aggregate(
        count=Count("next_try_at"), oldest=Min("created_at"), unanswered=Min("created_at", filter=Q(fault=""))
    )
    seen_at = Sweeper.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    oldest = armed["oldest"] if armed["overdue"] else None
    return Health(
        armed=armed["armed"],
        set_aside=armed["aside"],
        overdue_unfired=armed["overdue"],
        oldest_overdue=oldest and now - oldest,
        heartbeat_age=None if seen_at is None else now - seen_at,
        outbox_unsettled=unsettled["count"],
        oldest_unanswered=unsettled["unanswered"] and now - unsettled["unanswered"],
        oldest_unsettled=unsettled["oldest"] and now - unsettled["oldest"],
        outbox_dead=Outbox.objects.filter(dead_at__isnull=False).count(),
        calendar_horizon_days=calendar_horizon_days(now),
    )


def misfolded_clocks(chunk: int = 2000) -> Iterator[Clock]:
    """Yield the clocks whose row is not the fold of their events: there should be none, ever."""
    clocks = Clock.objects.order_by("pk")
    last = None
    while rows := list((clocks.filter(pk__gt=last) if last else clocks)[:chunk]):
        events = defaultdict(list)
        for event in ClockEvent.objects.filter(matter_id__in={row.matter_id for row in rows}).order_by("rev"):
            events[event.clock_id].append(event)
        yield from (row for row in rows if not is_fold(row, events[row.id]))
        last = rows[-1].pk
