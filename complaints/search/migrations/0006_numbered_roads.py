"""Let complaints with an address count as not indexed: numbers of roads belong to the form now."""

from django.db import migrations

AGAIN = """
UPDATE search_indexedtext t SET edition = -1 FROM complaints_complaint c
 WHERE t.id = c.matter_id AND c.postal_address IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = (("search", "0005_addresses_to_be_read"),)
    operations = (migrations.RunSQL(AGAIN, migrations.RunSQL.noop),)
