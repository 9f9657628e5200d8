"""How the deadline engine does, gathered for the page of those who lead and those who operate."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from slas import queries as slas
from slas.models import FoldCheck, Sweeper

LAG_SPAN = timedelta(hours=1)
CHART_HOURS = 24
STORM_SPAN = timedelta(days=7)
MOST_STORMS = 5
AHEAD = timedelta(days=7)
"""It holds five business days, whatever day it is."""


@dataclass(frozen=True, slots=True)
class EngineReport:
    """What the page says. `hours` run from 24 hours ago to now; `storms` are the busiest minutes of seven days."""

    now: datetime
    figures: slas.Health
    troubles: list[slas.Trouble]
    lag: slas.FireLag
    hours: list[slas.Burst]
    storms: list[slas.Burst]
    due: list[slas.DueDay]
    sweepers: list[Sweeper]
    calendars: list[slas.HorizonAlarm]
    check: FoldCheck | None
    failing: list[slas.FailingEffects]
    dead: list[slas.DeadEffects]


def read_engine(*, now: datetime, clock_offset: timedelta) -> EngineReport:
    """Return the whole report, of what `slas.queries.read_clocks` told: a constant number of queries."""
    figures = slas.health(now, clock_offset)
    return EngineReport(
        now=now,
        figures=figures,
        troubles=slas.troubles(figures),
        lag=slas.fire_lag(now, LAG_SPAN),
        hours=slas.fired_by_hour(now, CHART_HOURS),
        storms=slas.busiest_minutes(now, STORM_SPAN, most=MOST_STORMS),
        due=slas.due_days(now, now + AHEAD, zone=settings.HOUSE_TIME_ZONE),
        sweepers=list(Sweeper.objects.order_by("-seen_at")),
        calendars=slas.horizon_alarms(now),
        check=slas.last_fold_check(),
        failing=slas.failing_effects(),
        dead=slas.dead_effects(),
    )
