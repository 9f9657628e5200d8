"""How long complaints took, how many were open, and what they were about: the figures of a year's report.

NOTE holds the definitions, and every report carries it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, Count, F, Func, Q, QuerySet, Sum, When
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce, TruncDate

from complaints.capa.models import RootCause
from complaints.models import Complaint, Recovery, SourceRecord
from complaints.permissions import demand
from members.actors import Actor
from slas.algebra import business_days_between
from slas.calendar import Calendar
from slas.models import Clock, ClockState

NOTE = (
    "Every complaint counts once. A day is a day in the calendar's own time zone; a complaint is opened on the "
    "day of its receipt and closed on the day it was closed or withdrawn. Calendar days are the days from one "
    "to the other. Business days leave out the day opened and count the day closed, if it is one: weekdays less "
    "the calendar's holidays. A percentile is interpolated linearly between the two values next to it. A "
    "complaint is open at the end of a day if it was opened on that day or before, and closed after it. A "
    "complaint may have several reasons: in the Pareto it counts once for each, under the words of its source, "
    "or under our root cause where no source gave any; shares are of all these. Dispositions and recoveries are "
    "the source's, money once per company that paid any."
)

WITHIN_CALENDAR_DAYS = (7, 15, 30, 45, 60, 90)
WITHIN_BUSINESS_DAYS = (5, 10, 20, 30)
MONTH_ENDS = 24
VITAL_SHARE = Fraction(4, 5)
WHY = "figures over all complaints; no row leaves this module"

Spans = dict[tuple[date, date | None], int]
"""How many complaints were opened on the first day and closed on the second; None is still open."""


def timeliness(*, actor: Actor, calendar: Calendar, source: str = "", top: int = 25) -> dict[str, Any]:
    """Return the figures of one source, or of all complaints, as plain values by name. NOTE says what they mean.

    The Pareto shows its first `top` reasons. Raises ActionForbidden, and HorizonPassed when a complaint lies outside of
    the calendar's reviewed days.
    """
    demand(actor, "read_quality")
    complaints = Complaint.objects.unscoped(WHY)
    if source:
        records = SourceRecord.objects.unscoped(WHY).filter(source=source)
        complaints = complaints.filter(pk__in=records.values("complaint"))
    return {
        "note": NOTE,
        **_durations(_spans(complaints, ZoneInfo(calendar.definition.tz)), calendar),
        **_reasons(complaints, top),
        **_records(complaints),
        "clocks": _verdicts(complaints),
    }


def _spans(complaints: QuerySet[Complaint], zone: ZoneInfo) -> Spans:
    spans = (
        complaints.values_list(
            TruncDate("received_at", tzinfo=zone), TruncDate(Coalesce("closed_at", "withdrawn_at"), tzinfo=zone)
        )
        .annotate(count=Count("pk"))
        .order_by()
    )
    return {(opened_on, closed_on): count for opened_on, closed_on, count in spans}


def _durations(spans: Spans, calendar: Calendar) -> dict[str, Any]:
    opened, closed, calendar_days, business_days = Counter(), Counter(), Counter(), Counter()
    for (opened_on, closed_on), count in spans.items():
        opened[opened_on] += count
        if closed_on:
            closed[closed_on] += count
            calendar_days[(closed_on - opened_on).days] += count
            business_days[business_days_between(calendar, opened_on, closed_on)] += count
    return {
        "complaints": opened.total(),
        "opened_min": _day(min(opened, default=None)),
        "opened_max": _day(max(opened, default=None)),
        "closed_min": _day(min(closed, default=None)),
        "closed_max": _day(max(closed, default=None)),
        "calendar_days": _spread(calendar_days, percents=(50, 90, 95)),
        "business_days": _spread(business_days, percents=(50, 90)),
        "within_calendar_days": _within(calendar_days, WITHIN_CALENDAR_DAYS),
        "within_business_days": _within(business_days, WITHIN_BUSINESS_DAYS),
        "opened_per_month": _per_month(opened),
        "closed_per_month": _per_month(closed),
        "open_at_month_end": _open_at_month_end(opened, closed),
    }


def _spread(days: Counter[int], *, percents: Iterable[int]) -> dict[str, float | int | None]:
    """Return mean, percentiles and maximum of numbers of days, each with how often it occurs."""
    if not days:
        return {"mean": None, **{f"p{percent}": None for percent in percents}, "max": None}
    mean = Fraction(sum(value * count for value, count in days.items()), days.total())
    return {
        "mean": round(float(mean), 4),
        **{f"p{percent}": percentile(days, percent) for percent in percents},
        "max": max(days),
    }


def percentile(counts: Counter[int], percent: int) -> float:
    """Return a percentile by linear interpolation, exactly: the value at rank percent/100 * (n - 1), counted from 0."""
    values = sorted(counts)
    ranks = list(accumulate(counts[value] for value in values))
    rank = Fraction(percent * (ranks[-1] - 1), 100)
    below, above = (values[bisect_right(ranks, position)] for position in (rank // 1, -(-rank // 1)))
    return float(below + (above - below) * (rank % 1))


def _within(days: Counter[int], limits: Iterable[int]) -> dict[str, int]:
    return {str(limit): sum(count for value, count in days.items() if value <= limit) for limit in limits}


def _per_month(days: Counter[date]) -> dict[str, int]:
    months: Counter[str] = Counter()
    for day, count in days.items():
        months[f"{day:%Y-%m}"] += count
    return dict(sorted(months.items()))


def _open_at_month_end(opened: Counter[date], closed: Counter[date]) -> dict[str, int]:
    """Return how many were open at the end of each of the last 24 months, up to that of the last day there is."""
    if not opened:
        return {}
    last = max((*opened, *closed))
    ends = sorted(_month_end(last.year * 12 + last.month - 1 - back) for back in range(MONTH_ENDS))
    return {
        end.isoformat(): sum(count for day, count in opened.items() if day <= end)
        - sum(count for day, count in closed.items() if day <= end)
        for end in ends
    }


def _month_end(months: int) -> date:
    """Return the last day of a month that is counted from year 0."""
    year, month = divmod(months + 1, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _reasons(complaints: QuerySet[Complaint], top: int) -> dict[str, Any]:
    label = Case(When(~Q(source_label=""), then=F("source_label")), default=F("cause"))
    causes = RootCause.objects.unscoped(WHY).filter(complaint__in=complaints)
    counts = dict(causes.values_list(label).annotate(count=Count("complaint", distinct=True)).order_by())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    reached = list(accumulate(count for _, count in ranked))
    vital = next((rank for rank, count in enumerate(reached, 1) if count >= VITAL_SHARE * reached[-1]), 0)
    return {
        "pareto_subreason": [
            {"subreason": name, "complaints": count, "cum_share": round(so_far / reached[-1], 6)}
            for (name, count), so_far in zip(ranked[:top], reached, strict=False)
        ],
        "subreasons_for_80pct": vital,
    }


def _records(complaints: QuerySet[Complaint]) -> dict[str, Any]:
    """Return what only sources tell: labels, and money."""
    records = SourceRecord.objects.unscoped(WHY).filter(complaint__in=complaints)
    disposition = Func(KeyTransform("dispositions", "labels"), function="jsonb_array_elements_text")
    counts = records.values_list(disposition).annotate(count=Count("complaint", distinct=True)).order_by()
    rows = records.aggregate(rows=Sum(Cast(KeyTransform("source_rows", "labels"), BigIntegerField())))["rows"]
    recoveries = Recovery.objects.unscoped(WHY).filter(complaint__in=complaints)
    total = recoveries.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return {
        "source_rows": rows or 0,
        "dispositions": dict(sorted(counts, key=lambda item: (-item[1], item[0]))),
        "no_disposition": records.filter(labels__dispositions=[]).count(),
        "recovery_total_once_per_company": float(total),
    }


def _verdicts(complaints: QuerySet[Complaint]) -> dict[str, dict[str, int]]:
    """Return how many clocks of each kind were met, missed or cancelled under the policies of their day."""
    clocks = Clock.objects.filter(matter__in=complaints.values("matter"))
    verdicts: dict[str, dict[str, int]] = {}
    for kind, state, count in clocks.values_list("kind", "state").annotate(count=Count("id")).order_by("kind", "state"):
        verdicts.setdefault(kind, {})[ClockState(state).name.lower()] = count
    return verdicts


def _day(day: date | None) -> str | None:
    return day and day.isoformat()
