"""Which CAPA a matter belongs to."""

from collections.abc import Collection
from uuid import UUID

from complaints.capa.models import Capa, CapaAction
from members.actors import Actor


def capa_references(*, actor: Actor, matter_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the references of the CAPAs that these matters are, or are actions of, where the actor may see them."""
    capas = Capa.objects.visible_to(actor).filter(pk__in=matter_ids).values_list("pk", "reference")
    actions = CapaAction.objects.visible_to(actor).filter(pk__in=matter_ids).values_list("pk", "capa__reference")
    return dict(capas) | dict(actions)
