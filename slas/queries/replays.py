"""Past clocks with their events, streamed in constant memory, and what they come to under drafted terms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from slas.calendar import moment
from slas.fold import EventKind, Happening, State, Terms
from slas.models import Clock, PolicyVersion
from slas.policy import Policy
from slas.queries.proposals import newest_calendar
from slas.replay import Drafted, PastClock, Replayed, bare, replay
from slas.versions import policy_of, terms_of

FETCHED_AT_ONCE = 5_000
MICROS = "(extract(epoch FROM {}) * 1000000)::bigint"  # read in a third of the time that a timestamp takes
EVENTS = f"""
SELECT c.matter_id, m.kind, c.kind, c.policy_id, c.calendar_id, c.state, {MICROS.format("c.started_at")}, c.budget,
  {MICROS.format("c.due_at")}, {MICROS.format("c.ended_at")}, e.kinds, e.ats, e.units, e.reasons
FROM slas_clock c JOIN slas_matter m ON m.id = c.matter_id
CROSS JOIN LATERAL (
  SELECT array_agg(kind ORDER BY rev) AS kinds, array_agg({MICROS.format("at")} ORDER BY rev) AS ats,
    array_agg(coalesce(units, 0) ORDER BY rev) AS units, array_agg(reason ORDER BY rev) AS reasons
  FROM slas_clockevent WHERE matter_id = c.matter_id AND clock_id = c.id AND rev > 1
) e
WHERE c.policy_id = ANY(%(policies)s)
  AND (%(since)s::timestamptz IS NULL OR c.started_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR c.started_at < %(until)s)
ORDER BY c.matter_id, c.id
"""  # noqa: S608 -- our own words


@dataclass(frozen=True, slots=True)
class Selection:
    """Which past clocks: those that started in `[since, until)`, of one pack, obligation and track where given."""

    since: datetime | None = None
    until: datetime | None = None
    pack: str = ""
    obligation: str = ""
    track: str | None = None

    def policies(self, drafted: Drafted) -> dict[UUID, Policy]:
        """Return the published versions whose clocks are meant: of a draft that changes something, only those."""
        rows = PolicyVersion.objects.all()
        for name in ("pack", "obligation"):
            if value := getattr(self, name):
                rows = rows.filter(**{name: value})
        if self.track is not None:
            rows = rows.filter(track=self.track)
        versions = {row.pk: policy_of(row) for row in rows}
        return {pk: policy for pk, policy in versions.items() if drafted.touches(policy)}


def count_clocks(selection: Selection, drafted: Drafted) -> int:
    """Return how many clocks a replay would look at: two queries."""
    return _rows(selection, drafted).count()


def _rows(selection: Selection, drafted: Drafted) -> QuerySet[Clock]:
    rows = Clock.objects.filter(policy__in=list(selection.policies(drafted)))
    if selection.since:
        rows = rows.filter(started_at__gte=selection.since)
    if selection.until:
        rows = rows.filter(started_at__lt=selection.until)
    return rows


def replayed(selection: Selection, drafted: Drafted, *, at: datetime) -> Iterator[tuple[PastClock, Policy, Replayed]]:
    """Yield each clock, the obligation it ran by, and what it comes to: in the order of their making.

    What no draft touches is folded by its own pins. One query, however many clocks.
    """
    policies = selection.policies(drafted)
    terms_for = _terms_by_pins(drafted)
    for clock in _past_clocks(selection, list(policies)):
        own = policies[clock.policy_id]
        yield clock, own, replay(clock, own, terms_for(clock.policy_id, clock.calendar_id), at=at)


def _terms_by_pins(drafted: Drafted) -> Callable[[UUID, UUID], Terms]:
    """Return a function that gives the terms for a clock's pins, each pair worked out once."""

    @cache
    def terms_for(policy_id: UUID, calendar_id: UUID) -> Terms:
        own = terms_of(policy_id, calendar_id)
        policy = drafted.policy_for(own.policy)
        if (calendar := drafted.calendars.get(policy.calendar)) is None:
            same = policy.calendar == own.policy.calendar
            calendar = own.calendar if same else newest_calendar(policy.calendar)
        assert calendar is not None  # noqa: S101 -- drafted_by refuses one that is nowhere
        return bare(Terms(calendar, policy))

    return terms_for


def _past_clocks(selection: Selection, policy_ids: list[UUID]) -> Iterator[PastClock]:
    bounds = {"policies": policy_ids, "since": selection.since, "until": selection.until}
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(EVENTS, bounds)
        while rows := cursor.fetchmany(FETCHED_AT_ONCE):
            yield from map(_past_clock, rows)


def _past_clock(row: tuple[Any, ...]) -> PastClock:
    matter_id, matter_kind, kind, policy_id, calendar_id, state, started_at, budget, due_at, ended_at, *events = row
    return PastClock(
        matter_id=matter_id,
        matter_kind=matter_kind,
        kind=kind,
        policy_id=policy_id,
        calendar_id=calendar_id,
        state=State(state),
        started_at=moment(started_at),
        budget=budget,
        due_at=moment(due_at),
        ended_at=None if ended_at is None else moment(ended_at),
        happenings=_happenings(*events),
    )


def _happenings(kinds: Any, ats: Any, units: Any, reasons: Any) -> list[Happening]:
    """Return what came after the start; nothing has come of a clock that still runs."""
    if kinds is None:
        return []
    return [
        Happening(EventKind(kind), moment(at), units=unit, reason=reason)
        for kind, at, unit, reason in zip(kinds, ats, units, reasons, strict=True)
    ]
