"""Let complaints with an address count as not indexed: the nightly task, or `index_words`, does them again."""

from django.db import migrations

AGAIN = """
UPDATE search_indexedtext t SET edition = -1 FROM complaints_complaint c
 WHERE t.id = c.matter_id AND c.postal_address IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = (("search", "0004_address_of_a_complaint"),)
    operations = (migrations.RunSQL(AGAIN, migrations.RunSQL.noop),)
