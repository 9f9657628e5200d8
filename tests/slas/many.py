"""Very many clocks at once, made by the database itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction

from slas.models import Clock
from slas.queries import database_now
from tests.slas.clocks import start

KIND = "crowd"
# Ordered by time, as the ids are that the application makes.
ORDERED_ID = (
    "(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + n / 100), 12, '0') || '7' || substr(md5(n::text), 1, 3) "
    "|| '8' || substr(md5(n::text), 4, 15))::uuid"
)
OWN = {"id", "matter_id", "started_at", "due_at", "fire_ats", "fire_codes", "next_fire_at"}


@contextmanager
def crowd(
    number: int,
    *,
    due_in: timedelta,
    apart: timedelta = timedelta(0),
    started_apart: timedelta = timedelta(0),
    obligation: str = "message_reply",
    track: str | None = None,
) -> Iterator[datetime]:
    """Let there be so many armed clocks, each due once, one `apart` from the other; and take them away again.

    They started now, or the one `started_apart` before the other. Yield when the first is due.
    """
    now = database_now()
    pattern = start(obligation, now, track=track)
    columns = [field.column for field in Clock._meta.local_concrete_fields if field.column not in OWN]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO slas_matter (id, kind, time_zone, language) "  # noqa: S608 -- our own words
            f"SELECT {ORDERED_ID}, %s, 'UTC', 'en' FROM generate_series(1, %s) n",
            [KIND, number],
        )
        cursor.execute(
            # Materialized, or the growing table is read again for each new row.
            f"WITH c AS MATERIALIZED (SELECT * FROM slas_clock WHERE matter_id = %s AND id = %s) "  # noqa: S608
            f"INSERT INTO slas_clock (id, matter_id, {', '.join(columns)}, started_at, due_at, fire_ats, fire_codes, "
            f"next_fire_at) SELECT m.id, m.id, {', '.join(f'c.{column}' for column in columns)}, "
            "c.started_at - m.n * %s, at, ARRAY[at], ARRAY[100::smallint], at "
            "FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM slas_matter WHERE kind = %s) m, c, "
            "LATERAL (SELECT %s + (m.n - 1) * %s AS at) due",
            [*pattern.pk, started_apart, KIND, now + due_in, apart],
        )
        cursor.execute("VACUUM ANALYZE slas_clock")
        try:
            yield now + due_in
        finally:
            _disperse(cursor, pattern)


def _disperse(cursor, pattern):
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    (may_skip_checks,) = cursor.fetchone()
    with transaction.atomic():
        if may_skip_checks:  # whether anything refers to a row that goes, which takes longer than all the rest
            cursor.execute("SET LOCAL session_replication_role = replica")
        for table in ("slas_outbox", "slas_firing", "slas_clockevent", "slas_clock"):
            cursor.execute(
                f"DELETE FROM {table} WHERE matter_id IN (SELECT id FROM slas_matter WHERE kind = %s)",  # noqa: S608
                [KIND],
            )
        cursor.execute("DELETE FROM slas_matter WHERE kind = %s", [KIND])
    Clock.objects.filter(pk=pattern.pk).update(next_fire_at=None, state=5, ended_at=pattern.started_at)
