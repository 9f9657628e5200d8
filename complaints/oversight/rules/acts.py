"""What people did or tried beside reading: files taken away, glass broken, pages refused."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count

from complaints.oversight.enums import Kind
from complaints.oversight.rules.days import Finding, Numbers, Span, events_of_staff
from complaints.oversight.trail import KINDS

GLASS = ("complaint.glass_broken", "complaint.glass_refused")
REFUSALS = ("access.refused", "complaint.glass_refused")


def bulk_export(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever took many files away: one query. What is opened for one file is opened at one moment."""
    rows = events_of_staff(span).filter(KINDS[Kind.TAKEN]).values_list("actor_id", "day")
    for person_id, day, files in rows.annotate(files=Count("at", distinct=True)).filter(files__gte=numbers["from"]):
        yield Finding(person_id, day, files, {})


def break_glass(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever opened restricted cases, or tried to, again and again: one query."""
    rows = events_of_staff(span).filter(action__in=GLASS).values_list("actor_id", "day")
    for person_id, day, tries in rows.annotate(tries=Count("pk")).filter(tries__gte=numbers["from"]):
        yield Finding(person_id, day, tries, {})


def denials(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give whoever was refused many times within some minutes: one query."""
    times: dict[tuple[UUID, date], list[datetime]] = defaultdict(list)
    rows = events_of_staff(span).filter(action__in=REFUSALS).order_by("at").values_list("actor_id", "day", "at")
    for person_id, day, at in rows:
        times[person_id, day].append(at)
    within = timedelta(minutes=numbers["within_minutes"])
    for (person_id, day), moments in times.items():
        if (most := _most_within(moments, within)) >= numbers["from"]:
            yield Finding(person_id, day, most, {"minutes": numbers["within_minutes"]})


def _most_within(moments: list[datetime], within: timedelta) -> int:
    """Return how many of these moments, which are in order, lie at most so far apart."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] > within:
            first += 1
        most = max(most, last - first + 1)
    return most
