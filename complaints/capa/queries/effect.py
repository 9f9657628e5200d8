"""Whether the cause came back: the figures an effectiveness check begins with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from complaints.capa.dates import house_date
from complaints.capa.models import Capa
from complaints.capa.queries.pareto import counted_causes
from members.actors import Actor


@dataclass(frozen=True, slots=True)
class Effect:
    """How many complaints with the cause came in during as many days before the CAPA was opened and since it acts."""

    days: int
    before: int
    since: int


def effect_so_far(*, actor: Actor, capa_id: UUID, at: datetime) -> Effect | None:
    """Compare the time since a CAPA was implemented with the same length of time before it was opened.

    None until it is implemented. Complaints whose cause nobody has recorded yet are not in it. Two queries.
    """
    capas = Capa.objects.visible_to(actor).filter(pk=capa_id, implemented_at__isnull=False)
    found = capas.values_list("cause", "opened_at", "implemented_at").first()
    if found is None:
        return None
    cause, opened_at, implemented_at = found
    days = max(1, (house_date(at) - house_date(implemented_at)).days)
    before = Q(complaint__received_at__gte=opened_at - timedelta(days=days), complaint__received_at__lt=opened_at)
    since = Q(complaint__received_at__gte=implemented_at, complaint__received_at__lt=at)
    counts = (
        counted_causes(actor=actor)
        .filter(cause=cause)
        .aggregate(
            before=Count("complaint_id", distinct=True, filter=before),
            since=Count("complaint_id", distinct=True, filter=since),
        )
    )
    return Effect(days, counts["before"], counts["since"])
