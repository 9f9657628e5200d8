"""What stays of erased complaints for analysis, and how it is told without telling of anybody."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from django.db import connection

from complaints.capa.models import RootCause
from complaints.enums import State
from complaints.models import Complaint, Decision
from complaints.retention.models import Fact

LEAST = 11
"""A cell of fewer complaints is not told (the rule of the Centers for Medicare & Medicaid Services for small cells)."""
REASON = "the fact that stays of a complaint names nobody"
MIX = """
WITH taken AS (DELETE FROM retention_fact RETURNING *)
INSERT INTO retention_fact (id, year, line_of_business, topic, cause, verdict, days)
SELECT gen_random_uuid(), year, line_of_business, topic, cause, verdict, days FROM taken ORDER BY random()"""
BY = ("line_of_business", "topic", "cause", "verdict")
COLUMNS = ("year", "by", "value", "complaints", "median_days")


@dataclass(frozen=True, slots=True)
class Cell:
    """So many complaints of a year share a value; `number` and `days` are None where that is not told."""

    year: int
    by: str
    value: str
    number: int | None
    days: float | None


def fact_of(complaint: Complaint) -> Fact:
    """Return what stays of a complaint that is over: neither its key nor its reference, and no word of it."""
    ended_at = complaint.closed_at or complaint.withdrawn_at
    if ended_at is None:
        raise ValueError("nothing stays of a complaint that is not over")
    causes = RootCause.objects.unscoped(REASON).filter(complaint=complaint).order_by("pk")
    outcomes = Decision.objects.unscoped(REASON).filter(complaint=complaint).values_list("outcome", flat=True)
    return Fact(
        year=complaint.received_at.year,
        line_of_business=complaint.line_of_business,
        topic=complaint.topic,
        cause=causes.values_list("cause", flat=True).first() or "",
        verdict=State.WITHDRAWN if complaint.withdrawn_at else outcomes.first() or "",
        days=(ended_at - complaint.received_at).days,
    )


def mix_facts() -> None:
    """Write all facts anew in an order drawn by lot: nothing in the database tells of which erasure one is.

    A fact is written in the transaction of its erasure. Until it is mixed, the number of that transaction, which
    PostgreSQL keeps with each row, and the order of rows lead from the one to the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(MIX)


def cells() -> list[Cell]:
    """Return how many complaints of each year share a value, one view at a time, with small cells left out."""
    rows = list(Fact.objects.values("year", "days", *BY))
    return [cell for by in BY for cell in _cells_of(by, rows)]


def _cells_of(by: str, rows: Iterable[dict]) -> Iterator[Cell]:
    years: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        years[row["year"]][row[by]].append(row["days"])
    for year, values in sorted(years.items()):
        hidden = not_told({value: len(days) for value, days in values.items()})
        for value, days in sorted(values.items()):
            told = value not in hidden
            yield Cell(year, by, value, len(days) if told else None, median(days) if told else None)


def not_told(sizes: dict[str, int]) -> set[str]:
    """Return which cells of one view of a year are left out: small ones, and so many more that they hide each other.

    Whoever knows the year's total from another view can reckon what all that is left out has together. So it is
    nothing, or at least two cells of eleven complaints together; a year that has no such two is not told at all.
    """
    hidden = {value for value, size in sizes.items() if size < LEAST}
    if not hidden:
        return hidden
    for value, _size in sorted(sizes.items(), key=lambda item: (item[1], item[0])):
        if len(hidden) > 1 and sum(sizes[each] for each in hidden) >= LEAST:
            break
        hidden.add(value)
    return hidden
