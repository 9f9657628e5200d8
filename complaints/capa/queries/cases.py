"""The complaints behind a cause, without a word of what is sealed in them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from complaints.capa.causes import label
from complaints.capa.dates import ALL_TIME, Period, house_date
from complaints.capa.lifecycle import ANALYSED
from complaints.capa.models import CapaComplaint, RootCause
from complaints.capa.queries.pareto import counted_causes
from complaints.enums import Outcome, State, Topic
from complaints.models import Complaint, Decision
from complaints.reference import read_reference
from members.actors import Actor


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One complaint as a line: what it is about, what was decided when, its causes, and the CAPAs that answer it."""

    id: UUID
    reference: str
    topic: str
    state: str
    decided_on: date | None
    outcome: str
    causes: list[str]
    cause_labels: list[str]
    capas: list[str]

    def labels_besides(self, code: str) -> list[str]:
        """Return the words of its causes other than this one."""
        return [words for cause, words in zip(self.causes, self.cause_labels, strict=True) if cause != code]


def cases_of_cause(*, actor: Actor, cause: str, period: Period = ALL_TIME, outcome: str = "") -> QuerySet[Complaint]:
    """Return the complaints that a bar of the Pareto counts, the last decided first. Show them with `case_lines`."""
    causes = counted_causes(actor=actor, period=period, outcome=outcome).filter(cause=cause)
    return _with_work(actor).filter(pk__in=causes.values("complaint_id")).order_by("-decided_at", "reference")


def cases_without_cause(*, actor: Actor) -> QuerySet[Complaint]:
    """Return the complaints that are decided and have no root cause yet, the first decided first."""
    recorded = RootCause.objects.visible_to(actor).filter(complaint_id=OuterRef("pk"))
    return _with_work(actor).filter(~Exists(recorded), state__in=ANALYSED).order_by("decided_at", "reference")


def cases_with_references(*, actor: Actor, references: Collection[str]) -> list[CaseLine]:
    """Return the complaints with these references, as many as there are: one query."""
    known = {read_reference(reference) for reference in references} - {None}
    return case_lines(_with_work(actor).filter(reference__in=known).order_by("reference"))


def case_lines(rows: Iterable[Any]) -> list[CaseLine]:
    """Return complaints with their work, as the queries here give them, as plain data."""
    return [
        CaseLine(
            id=row.pk,
            reference=row.reference,
            topic=str(Topic(row.topic).label),
            state=str(State(row.state).label),
            decided_on=row.decided_at and house_date(row.decided_at),
            outcome=str(Outcome(row.outcome).label) if row.outcome else "",
            causes=row.cause_codes,
            cause_labels=[label(code) for code in row.cause_codes],
            capas=row.capa_references,
        )
        for row in rows
    ]


def _with_work(actor: Actor) -> QuerySet[Complaint]:
    """Return complaints with their outcome, causes and CAPAs, and only the columns that a line shows."""
    own = OuterRef("pk")
    outcomes = Decision.objects.visible_to(actor).filter(complaint_id=own).values("outcome")
    causes = RootCause.objects.visible_to(actor).filter(complaint_id=own).order_by("cause").values("cause").distinct()
    capas = CapaComplaint.objects.visible_to(actor).filter(complaint_id=own).order_by("capa__reference")
    rows = Complaint.objects.visible_to(actor.as_staff()).only("pk", "reference", "topic", "state", "decided_at")
    return rows.annotate(
        outcome=Subquery(outcomes),
        cause_codes=ArraySubquery(causes),
        capa_references=ArraySubquery(capas.values("capa__reference")),
    )
