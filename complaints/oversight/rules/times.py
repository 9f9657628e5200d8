"""Cases read at times when nobody does: outside of office hours, or after long idleness."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery

from complaints.capa.dates import day_begins_at
from complaints.oversight.rules.days import Finding, Numbers, Span, events_of_staff, readings
from members.accounts.models import User
from members.audit.models import Event
from members.dates import house_day
from slas.calendar import Calendar, HorizonPassed, micros
from slas.queries.proposals import newest_calendar

log = logging.getLogger(__name__)


def off_hours(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever read many cases while the house was closed; without its calendar there is nothing to tell."""
    calendar = newest_calendar(settings.HOUSE_PACK)
    if calendar is None:
        return
    grace = timedelta(minutes=numbers["grace_minutes"])
    cases: dict[tuple[UUID, date], set[UUID]] = defaultdict(set)
    for person_id, day, case, at in readings(span).values_list("actor_id", "day", "matter_id", "at").distinct():
        if not _is_work_time(calendar, at, grace):
            cases[person_id, day].add(case)
    for (person_id, day), found in cases.items():
        if len(found) >= numbers["from"]:
            yield Finding(person_id, day, len(found), {})


def dormant(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever read cases on a day before which the account had long done nothing: three queries."""
    rows = readings(span).values_list("actor_id", "day").annotate(cases=Count("matter_id", distinct=True))
    read = list(rows.filter(cases__gte=numbers["from"]))
    active: dict[UUID, set[date]] = defaultdict(set)
    for person_id, day in events_of_staff(span).values_list("actor_id", "day").distinct():
        active[person_id].add(day)
    before = _last_days(span, {person_id for person_id, _, _ in read})
    for person_id, day, cases in read:
        last = max((each for each in active[person_id] if each < day), default=before[person_id])
        if (idle := (day - last).days) >= numbers["idle_days"]:
            yield Finding(person_id, day, cases, {"idle_days": idle})


def _last_days(span: Span, people: Iterable[UUID]) -> dict[UUID, date]:
    """Return on which day before the span each person last did something: without any, when the account was made."""
    former = Event.objects.filter(actor_id=OuterRef("pk"), at__lt=day_begins_at(span.first_day)).order_by("-at")
    rows = User.objects.filter(pk__in=people).annotate(last_at=Subquery(former.values("at")[:1]))
    return {
        key: house_day(last_at or made_at) for key, last_at, made_at in rows.values_list("pk", "last_at", "created_at")
    }


def _is_work_time(calendar: Calendar, at: datetime, grace: timedelta) -> bool:
    """Tell whether the house is open, was a moment ago, or is about to; on days nobody reviewed it is."""
    try:
        return any(calendar.is_open(micros(moment)) for moment in (at - grace, at, at + grace))
    except HorizonPassed:
        log.warning("the house's calendar does not reach to %s: office hours are not watched", at)
        return True
