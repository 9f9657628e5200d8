"""What `manage.py check --deploy --database default` says about the rights of the application in its database."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import connections

RIGHTS = """
SELECT t FROM unnest(ARRAY['audit_event', 'audit_leaf', 'audit_checkpoint']) t
 WHERE to_regclass(t) IS NOT NULL AND has_table_privilege(t, 'UPDATE, DELETE, TRUNCATE')"""


def check_rights(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Warn if the application could change the audit trail, but for triggers that it could switch off itself."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(RIGHTS)
            tables = ", ".join(row[0] for row in cursor.fetchall())
        if tables:
            words = f"The database role of the application has the right to change {tables}."
            hint = "Run it under the role of docs/database_roles.sql; only `migrate` needs the owner's."
            found.append(checks.Warning(words, hint=hint, id="audit.W001"))
    return found
