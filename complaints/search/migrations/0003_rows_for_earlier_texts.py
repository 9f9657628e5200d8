"""Give each text that is there already a row, not done yet: the nightly task, or `index_words`, fills them."""

from django.db import migrations

ROWS = """
INSERT INTO search_indexedtext (id, complaint_id, words, identifiers, edition)
SELECT matter_id, matter_id, '{}'::uuid[], '{}'::uuid[], -1 FROM complaints_complaint
UNION ALL SELECT id, complaint_id, '{}'::uuid[], '{}'::uuid[], -1 FROM complaints_note
UNION ALL SELECT id, complaint_id, '{}'::uuid[], '{}'::uuid[], -1 FROM correspondence_message
"""


class Migration(migrations.Migration):
    dependencies = (
        ("search", "0002_leave_out_dropped_words"),
        ("complaints", "0008_codes_of_dates_and_restrictions"),
        ("correspondence", "0001_initial"),
    )
    operations = (migrations.RunSQL(ROWS, migrations.RunSQL.noop),)
