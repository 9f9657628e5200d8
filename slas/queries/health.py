"""How the engine does, counted from outside of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from slas.models import Clock, Outbox, Sweeper
from slas.queries.horizons import calendar_horizon_days
from slas.sweep import SET_ASIDE


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
