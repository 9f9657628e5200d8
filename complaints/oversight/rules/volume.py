"""Far more cases read than usual."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count

from complaints.oversight.rules.days import Finding, Numbers, Span, readings


def volume(span: Span, numbers: Numbers) -> Iterator[Finding]:
    """Give the days on which somebody read so many times the cases of an own usual day: one query."""
    rows = readings(span, days_before=numbers["usual_over"]).values_list("actor_id", "day")
    read: dict[UUID, dict[date, int]] = defaultdict(dict)
    for person_id, day, cases in rows.annotate(cases=Count("matter_id", distinct=True)):
        read[person_id][day] = cases
    for person_id, days in read.items():
        for day, cases in days.items():
            usual = _usual(days, day, numbers)
            limit = numbers["without_usual"] if usual is None else usual * numbers["times_usual"]
            if day >= span.first_day and cases >= max(limit, numbers["from"]):
                yield Finding(person_id, day, cases, {} if usual is None else {"usual": round(usual)})


def _usual(days: Mapping[date, int], day: date, numbers: Numbers) -> float | None:
    """Return how many cases a day the person read before, None where there were too few days to tell."""
    first = day - timedelta(days=numbers["usual_over"])
    before = [cases for each, cases in days.items() if first <= each < day]
    return sum(before) / len(before) if len(before) >= numbers["least_days"] else None
