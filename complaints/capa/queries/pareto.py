"""Which causes make most of the complaints (ISO 10002 8.2)."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from complaints.capa.causes import CAUSES, UNMAPPED, label
from complaints.capa.dates import ALL_TIME, Period
from complaints.capa.models import RootCause
from complaints.models import Decision
from members.actors import Actor


@dataclass(frozen=True, slots=True)
class CauseShare:
    """One cause: how many complaints have it, its share of all that is counted, and the share up to and with it."""

    code: str
    label: str
    group: str
    cases: int
    percent: float
    cumulative_percent: float

    @property
    def is_rest(self) -> bool:
        """Tell whether this is no cause of its own, but what nobody has classified."""
        return self.code == UNMAPPED


@dataclass(frozen=True, slots=True)
class CausePareto:
    """Causes by falling number, the unclassified ones last.

    `counted` is the sum of all shares. It exceeds `complaints` when some of them have several causes.
    """

    shares: list[CauseShare]
    counted: int
    complaints: int


def pareto_of_causes(*, actor: Actor, period: Period = ALL_TIME, outcome: str = "") -> CausePareto:
    """Count the complaints that were decided in the period, each once for each of its causes: two queries."""
    causes = counted_causes(actor=actor, period=period, outcome=outcome)
    cases = Count("complaint_id", distinct=True)
    counts = list(
        causes.values("cause").annotate(cases=cases).order_by("-cases", "cause").values_list("cause", "cases")
    )
    counts.sort(key=lambda row: row[0] == UNMAPPED)
    return CausePareto(_shares(counts), sum(number for _, number in counts), causes.aggregate(all=cases)["all"])


def counted_causes(*, actor: Actor, period: Period = ALL_TIME, outcome: str = "") -> QuerySet[RootCause]:
    """Return the causes that count. "Not classified" counts only as long as the complaint has no other cause."""
    rows = RootCause.objects.visible_to(actor)
    better = rows.filter(complaint_id=OuterRef("complaint_id")).exclude(cause=UNMAPPED)
    rows = rows.filter(~Q(cause=UNMAPPED) | ~Exists(better))
    if period.starts_at:
        rows = rows.filter(complaint__decided_at__gte=period.starts_at)
    if period.ends_at:
        rows = rows.filter(complaint__decided_at__lt=period.ends_at)
    if outcome:
        decisions = Decision.objects.visible_to(actor).filter(outcome=outcome)
        rows = rows.filter(complaint_id__in=decisions.values("complaint_id"))
    return rows


def _shares(counts: list[tuple[str, int]]) -> list[CauseShare]:
    total = sum(number for _, number in counts)
    shares, so_far = [], 0
    for code, number in counts:
        so_far += number
        group = CAUSES[code].group if code in CAUSES else ""
        shares.append(CauseShare(code, label(code), group, number, 100 * number / total, 100 * so_far / total))
    return shares
