"""What is due to be erased, rule by rule. Nothing that is open, held, or younger than its rule says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from complaints.enums import State
from complaints.models import Complaint, TimelineEntry
from complaints.retention.enums import LeftBecause
from complaints.retention.models import Hold
from complaints.retention.rules import Rule, rule_for
from members.actors import Actor

REASON = "retention looks at every complaint, whosever it is, and opens none"
ENDED = (State.CLOSED, State.WITHDRAWN)
ENDED_AT = Coalesce("closed_at", "withdrawn_at")


@dataclass(frozen=True, slots=True)
class DueByRule:
    """How many complaints are due by a rule."""

    rule: Rule
    number: int


def due(rule: Rule, *, among: Sequence[Rule], at: datetime) -> QuerySet[Complaint]:
    """Return what is due by one of several rules at a moment, still sealed.

    Years are counted from the last moment of the whole series: the end of its last complaint, or what was last noted.
    """
    cutoff = rule.cutoff(at)
    ended = Complaint.objects.unscoped(REASON).annotate(ended_at=ENDED_AT)
    older = ended.filter(_lines_of(rule, among), state__in=ENDED, ended_at__lte=cutoff)
    series = ended.filter(series_id=OuterRef("series_id"))
    younger = series.filter(~Q(state__in=ENDED) | Q(ended_at__gt=cutoff))
    notes = TimelineEntry.objects.unscoped(REASON).filter(complaint__series_id=OuterRef("series_id"), at__gt=cutoff)
    return older.exclude(Exists(younger)).exclude(Exists(notes)).exclude(series_id__in=held_series())


def count_due(*, among: Sequence[Rule], at: datetime) -> tuple[DueByRule, ...]:
    """Return how much is due by each rule: one query a rule."""
    return tuple(DueByRule(rule, due(rule, among=among, at=at).count()) for rule in among)


def references_due(rule: Rule, *, among: Sequence[Rule], actor: Actor, at: datetime, most: int) -> list[str]:
    """Return the references of what is due by a rule and there for this actor, the oldest first."""
    seen = Complaint.objects.visible_to(actor.as_staff()).values("pk")
    rows = due(rule, among=among, at=at).filter(pk__in=seen)
    return list(rows.order_by("received_at", "pk").values_list("reference", flat=True)[:most])


def why_left(complaint_id: UUID, *, among: Sequence[Rule], at: datetime) -> LeftBecause | None:
    """Return why a complaint may not be erased now, None if it may."""
    rows = Complaint.objects.unscoped(REASON).filter(pk=complaint_id)
    found = rows.first()
    if found is None:
        return LeftBecause.GONE
    if rows.filter(series_id__in=held_series()).exists():
        return LeftBecause.HELD
    rule = rule_for(found.line_of_business, among)
    return None if due(rule, among=among, at=at).filter(pk=complaint_id).exists() else LeftBecause.NOT_DUE


def held_series() -> QuerySet:
    """Return the keys of series that are on hold: by one of their complaints, or by a member whom one of them is of."""
    open_ones = Hold.objects.unscoped("which series are held").filter(released_at=None)
    cases = open_ones.filter(complaint_id__isnull=False).values("complaint_id")
    members = open_ones.filter(complaint_id=None).values("member")
    return Complaint.objects.unscoped(REASON).filter(Q(pk__in=cases) | Q(member__in=members)).values("series_id")


def _lines_of(rule: Rule, among: Iterable[Rule]) -> Q:
    """Return the condition for the complaints that a rule keeps, which is the longest that names their line."""
    named = {line for other in among for line in other.lines_of_business}
    if not rule.lines_of_business:
        return ~Q(line_of_business__in=named)
    mine = {line for line in rule.lines_of_business if rule_for(line, tuple(among)) == rule}
    return Q(line_of_business__in=mine)
