"""Write the tables anew: until then PostgreSQL's files hold the rows of before in clear, and samples of them as statistics.

VACUUM FULL keeps rows that an older transaction, of any database of the server, might see: so the last of them is waited
for, a minute at most. WAL and backups from before hold the words in clear for as long as they are kept.
"""

import logging
import time
from typing import Any

from django.db import migrations

WRITE_ANEW = "VACUUM FULL capa_capa, capa_capaaction, pg_statistic"
PATIENCE, PAUSE = 60.0, 0.2  # s
# Of another role's session nobody is told since when it is at work, unless granted pg_read_all_stats: it may be older.
OLDER = """SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL
AND (xact_start < %s OR query = '<insufficient privilege>'))"""

logger = logging.getLogger(__name__)


def write_anew(apps: Any, editor: Any) -> None:
    """Wait for transactions from before, then write each table anew; where nothing ever was there is nothing to do."""
    if not apps.get_model("capa", "Capa")._base_manager.exists():
        return
    until = time.monotonic() + PATIENCE
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (began_at,) = cursor.fetchone()
        while _is_waiting(cursor, began_at) and time.monotonic() < until:
            time.sleep(PAUSE)
        if _is_waiting(cursor, began_at):
            logger.warning("A transaction may have stayed open. When all have ended, repeat: %s", WRITE_ANEW)
        cursor.execute(WRITE_ANEW)


def _is_waiting(cursor: Any, began_at: Any) -> bool:
    cursor.execute(OLDER, [began_at])
    return bool(cursor.fetchone()[0])


class Migration(migrations.Migration):
    atomic = False
    dependencies = (("capa", "0006_no_words_in_clear"),)
    operations = (migrations.RunPython(write_anew, migrations.RunPython.noop),)
