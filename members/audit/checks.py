"""What `manage.py check --deploy --database default` says about the rights of the application in its database."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import connections

# A trigger without a condition that refuses whatever it sees (`…_refuse_change`), or all but new seals of the columns
# that it names: the role needs no right to what is refused.
RIGHTS = r"""
WITH refusals AS (
  SELECT t.tgrelid AS place, t.tgtype AS kind, string_to_array(encode(t.tgargs, 'escape'), '\000') AS sealed,
         p.proname = 'privacy_refuse_change_but_resealing' AS reseals
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
   WHERE NOT t.tgisinternal AND t.tgqual IS NULL AND t.tgrelid::regclass::text !~ '\.'
     AND (p.proname LIKE '%\_refuse\_change' OR p.proname = 'privacy_refuse_change_but_resealing'))
SELECT DISTINCT place::regclass::text FROM refusals r
 WHERE r.kind & 8 > 0 AND has_table_privilege(place, 'DELETE')
    OR r.kind & 32 > 0 AND has_table_privilege(place, 'TRUNCATE')
    OR r.kind & 16 > 0 AND EXISTS (
       SELECT FROM pg_attribute a
        WHERE a.attrelid = place AND a.attnum > 0 AND NOT a.attisdropped
          AND NOT (r.reseals AND a.attname = ANY (r.sealed)) AND has_column_privilege(place, a.attnum, 'UPDATE'))
 ORDER BY 1"""


def check_rights(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Warn of tables that the application could change, but for triggers that it could switch off itself."""
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
