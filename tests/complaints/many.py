"""Very many complaints whose acknowledgement is overdue, copied by the database itself from one that was submitted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, Model

from complaints.correspondence.models import Dispatch
from complaints.models import Complaint, Task, TimelineEntry
from slas.models import Clock, ClockState, Firing, Matter, Outbox
from slas.queries import database_now
from tests.complaints import stages
from tests.slas.many import ORDERED_ID

KIND, MARK = "acknowledge", "MANY-"


@contextmanager
def overdue_complaints(number: int, owner_ids: Sequence[UUID]) -> Iterator[None]:
    """Let there be so many, shared by these owners, each with one clock that is due now; and take them away again."""
    pattern = stages.received(at=database_now() - timedelta(days=40), email="")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE many AS SELECT n, {ORDERED_ID} AS id FROM generate_series(1, %s) n",  # noqa: S608
            [number],
        )
        _copy(cursor, Matter, "id = %s", [pattern.pk], id="many.id")
        _copy(
            cursor,
            Complaint,
            "matter_id = %s",
            [list(owner_ids), len(owner_ids), pattern.pk],
            matter_id="many.id",
            series_id="many.id",
            reference=f"'{MARK}' || many.n",
            owner_id="(%s::uuid[])[1 + many.n %% %s]",
        )
        now = {"due_at": "statement_timestamp()", "fire_ats": "ARRAY[statement_timestamp()]"}
        _copy(
            cursor,
            Clock,
            "matter_id = %s AND kind = %s",
            [pattern.pk, KIND],
            **now,
            id="many.id",
            matter_id="many.id",
            fire_codes="ARRAY[100::smallint]",
            next_seq="1",
            next_fire_at="statement_timestamp()",
        )
        ended = {"state": ClockState.CANCELLED, "next_fire_at": None, "ended_at": F("started_at")}
        Clock.objects.filter(matter_id=pattern.pk).update(**ended)
        for table in ("slas_clock", "complaints_complaint"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        try:
            yield
        finally:
            _disperse(cursor)


def _copy(cursor, model: type[Model], where: str, values: list, **own: str) -> None:
    """Copy one row of a table for each of the many, with columns of their own."""
    columns = [field.column for field in model._meta.concrete_fields if not field.generated]
    given = ", ".join(own.get(column, f"p.{column}") for column in columns)
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {given} FROM many, {table} p "  # noqa: S608 -- our own words
        f"WHERE p.{where}",
        values,
    )


def _disperse(cursor) -> None:
    """Delete all of it but the audit trail, which lets nobody."""
    for model in (Outbox, Firing, Clock, TimelineEntry, Task, Complaint, Matter):
        column = "id" if model is Matter else "complaint_id" if model is TimelineEntry else "matter_id"
        if model is Complaint:
            _delete_dispatches(cursor)
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE {column} IN (SELECT id FROM many)")  # noqa: S608
    cursor.execute("DROP TABLE many")


def _delete_dispatches(cursor) -> None:
    table = Dispatch._meta.db_table
    for digest in ("IS NOT NULL", "IS NULL"):  # first what a digest tells, then the digest
        cursor.execute(
            f"DELETE FROM {table} WHERE matter_id IN (SELECT id FROM many) AND told_in_id {digest}"  # noqa: S608
        )
