"""Very many clocks at once, made by the database itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from slas.models import Clock
from slas.queries import database_now
from tests.slas.clocks import start

KIND = "crowd"
# Ordered by time, as the ids are that the application makes.
ORDERED_ID = (
    "(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + n / 100), 12, '0') || '7' || substr(md5(n::text), 1, 3) "
    "|| '8' || substr(md5(n::text), 4, 15))::uuid"
)
OWN = {"id", "matter_id", "due_at", "fire_ats", "fire_codes", "next_fire_at"}


@contextmanager
def crowd(number: int, *, due_in: timedelta, apart: timedelta = timedelta(0)) -> Iterator[None]:
    """Let there be so many armed clocks, each due once, one `apart` from the other; and take them away again."""
    pattern = start("message_reply", database_now())
    columns = [field.column for field in Clock._meta.local_concrete_fields if field.column not in OWN]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO slas_matter (id, kind, time_zone, language) "  # noqa: S608 -- our own words
            f"SELECT {ORDERED_ID}, %s, 'UTC', 'en' FROM generate_series(1, %s) n",
            [KIND, number],
        )
        cursor.execute(
            f"INSERT INTO slas_clock (id, matter_id, {', '.join(columns)}, due_at, fire_ats, fire_codes, next_fire_at) "  # noqa: S608
            f"SELECT m.id, m.id, {', '.join(f'c.{column}' for column in columns)}, at, ARRAY[at], "
            "ARRAY[100::smallint], at "
            "FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM slas_matter WHERE kind = %s) m, slas_clock c, "
            "LATERAL (SELECT statement_timestamp() + %s + m.n * %s AS at) due WHERE c.id = %s",
            [KIND, due_in, apart, pattern.id],
        )
        cursor.execute("VACUUM ANALYZE slas_clock")
        try:
            yield
        finally:
            _disperse(cursor, pattern)


def _disperse(cursor, pattern):
    for table in ("slas_outbox", "slas_firing", "slas_clock"):
        cursor.execute(
            f"DELETE FROM {table} WHERE matter_id IN (SELECT id FROM slas_matter WHERE kind = %s)",  # noqa: S608
            [KIND],
        )
    cursor.execute("DELETE FROM slas_matter WHERE kind = %s", [KIND])
    Clock.objects.filter(pk=pattern.pk).update(next_fire_at=None, state=5, ended_at=pattern.started_at)
