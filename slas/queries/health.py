"""How the engine does, counted from outside of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum

from slas.models import FoldCheck, Outbox, Sweeper
from slas.queries.database import oldest_snapshot
from slas.queries.horizons import calendar_horizon_days
from slas.sweep import SET_ASIDE

COUNTED_EXACTLY = 10_000
# Each line is a range of one small index, so that a monitor may ask every few seconds: to count a million exactly takes
# three processes 75 ms, and nobody alarms on it.
ARMED = """
SELECT (SELECT count(*) FROM (SELECT FROM slas_clock WHERE next_fire_at IS NOT NULL LIMIT %(few)s) few),
       (SELECT reltuples FROM pg_class WHERE oid = 'slas_clock_armed'::regclass),
       (SELECT count(*) FROM slas_clock WHERE next_fire_at >= %(set_aside)s),
       (SELECT count(*) FROM slas_clock WHERE next_fire_at <= %(now)s),
       (SELECT min(next_fire_at) FROM slas_clock WHERE next_fire_at <= %(now)s)"""


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine does, seen from outside of it: a dead sweeper cannot report that it is dead.

    `oldest_unanswered` is the age of the oldest effect which nobody tried to an end; `oldest_unsettled` knows
    those too that failed and wait for their next try. `misfolded` and `fold_checked` (its age) are those of the last
    nightly check, None before the first. `clock_offset` is how far this host's clock is ahead of the database's.
    """

    armed: int
    set_aside: int
    overdue_unfired: int
    oldest_overdue: timedelta | None
    conflicts: int
    heartbeat_age: timedelta | None
    outbox_unsettled: int
    oldest_unanswered: timedelta | None
    oldest_unsettled: timedelta | None
    outbox_dead: int
    misfolded: int | None
    fold_checked: timedelta | None
    calendar_horizon_days: int | None
    xmin_age: int
    oldest_snapshot: timedelta
    clock_offset: timedelta


def health(now: datetime, clock_offset: timedelta) -> Health:
    """Return the figures that an operator alarms on, of what `read_clocks` told: seven queries, each by an index."""
    armed = _armed(now)
    unsettled = Outbox.objects.filter(settled_at__isnull=True, dead_at__isnull=True).aggregate(
        count=Count("next_try_at"), oldest=Min("created_at"), unanswered=Min("created_at", filter=Q(fault=""))
    )
    sweepers = Sweeper.objects.aggregate(seen=Max("seen_at"), conflicts=Sum("conflicts", default=0))
    check = last_fold_check()
    snapshot = oldest_snapshot(now)
    return Health(
        **armed,
        conflicts=sweepers["conflicts"],
        heartbeat_age=_age(sweepers["seen"], now),
        outbox_unsettled=unsettled["count"],
        oldest_unanswered=_age(unsettled["unanswered"], now),
        oldest_unsettled=_age(unsettled["oldest"], now),
        outbox_dead=Outbox.objects.filter(dead_at__isnull=False).count(),
        misfolded=None if check is None else check.misfolded,
        fold_checked=_age(check.ended_at if check else None, now),
        calendar_horizon_days=calendar_horizon_days(now),
        xmin_age=snapshot.transactions,
        oldest_snapshot=snapshot.age,
        clock_offset=clock_offset,
    )


def last_fold_check() -> FoldCheck | None:
    """Return the last check that came to its end."""
    return FoldCheck.objects.order_by("-ended_at").first()


def _armed(now: datetime) -> dict[str, Any]:
    """Return the figures of armed clocks; from 10,000 on how many there are is the database's own estimate."""
    with connection.cursor() as cursor:
        cursor.execute(ARMED, {"now": now, "set_aside": SET_ASIDE, "few": COUNTED_EXACTLY})
        counted, estimate, aside, overdue, oldest = cursor.fetchone()
    return {
        "armed": counted if counted < COUNTED_EXACTLY else max(counted, int(estimate)),
        "set_aside": aside,
        "overdue_unfired": overdue,
        "oldest_overdue": _age(oldest, now),
    }


def _age(at: datetime | None, now: datetime) -> timedelta | None:
    return None if at is None else now - at
