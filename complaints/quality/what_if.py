"""The lines of a what-if with the references that people know, for those who may know them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from complaints.capa.models import Capa, CapaAction
from complaints.models import Complaint
from members.actors import Actor, ActorKind
from slas.replay_figures import ReplayLine

AT_ONCE = 1000
WHY = "an operator's list of late clocks: references and dates alone"
COLUMNS = ("reference", "obligation", "started", "due then", "due by draft", "ended", "then", "by draft")


def references(*, actor: Actor, lines: Iterable[ReplayLine]) -> dict[str, str]:
    """Return the reference of each matter that the actor may see: one query for each kind of matter.

    An action of a CAPA is known by its CAPA. Own complaints have none, for staff work them as members only.
    """
    ids: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        ids[line.matter_kind].add(line.matter_id)
    found: dict[str, str] = {}
    for kind, (model, column) in REFERENCES.items():
        if ids[kind]:
            rows = _seen_by(actor, model).filter(pk__in=ids[kind])
            found |= {str(pk): reference for pk, reference in rows.values_list("pk", column)}
    return found


REFERENCES: dict[str, tuple[Any, str]] = {
    "complaint": (Complaint, "reference"),
    "capa": (Capa, "reference"),
    "capa_action": (CapaAction, "capa__reference"),
}


def _seen_by(actor: Actor, model: Any) -> QuerySet:
    if actor.kind is ActorKind.SYSTEM:
        return model.objects.unscoped(WHY)
    return model.objects.visible_to(actor.as_staff())


def rows_of(*, actor: Actor, lines: Iterable[ReplayLine]) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each line in the order of COLUMNS, in constant memory."""
    waiting = iter(lines)
    while some := list(islice(waiting, AT_ONCE)):
        known = references(actor=actor, lines=some)
        yield from (_cells(line, known) for line in some)


def _cells(line: ReplayLine, known: dict[str, str]) -> tuple[str, ...]:
    return (
        known.get(line.matter_id, ""),
        line.obligation,
        line.started_at,
        line.due_before,
        line.due_after,
        line.ended_at,
        line.before,
        line.after,
    )
