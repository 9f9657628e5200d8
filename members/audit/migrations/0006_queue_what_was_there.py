"""Queue the events that are older than the queue."""

from django.db import migrations

QUEUE = """
INSERT INTO audit_pending (queued_at, event_id)
SELECT clock_timestamp(), e.id FROM audit_event e
 WHERE NOT EXISTS (SELECT FROM audit_pending p WHERE p.event_id = e.id)"""


class Migration(migrations.Migration):
    dependencies = (("audit", "0005_chain_kept_by_the_database"),)
    operations = (migrations.RunSQL(QUEUE, migrations.RunSQL.noop),)
