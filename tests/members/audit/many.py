"""Many audit events, as those of a busy year are."""

from datetime import timedelta

from django.db import connection

from members.identifiers import new_id
from tests.people import AT

WRITE = """
COPY audit_event (id, at, actor_kind, actor_id, actor_label, action, matter_id, object_type, object_id, detail)
FROM STDIN"""
DETAIL = '{"purpose": "read the case", "columns": ["complainant_name", "narrative"]}'


def write_many(number: int) -> None:
    """Write events by COPY, as an import does: their triggers fire as always."""
    with connection.cursor() as cursor, cursor.copy(WRITE) as copy:
        for each in range(number):
            matter = new_id()
            at = AT + timedelta(seconds=each)
            copy.write_row(
                (
                    new_id(),
                    at,
                    "user",
                    matter,
                    "Dana Ruiz",
                    "phi.opened",
                    matter,
                    "complaints_complaint",
                    matter,
                    DETAIL,
                )
            )
