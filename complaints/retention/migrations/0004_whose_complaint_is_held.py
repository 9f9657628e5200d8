"""Note of each hold whose complaint it is about, so that this is known when the complaint is gone."""

from django.db import migrations

NOTE = """
UPDATE retention_hold h SET member_id = c.member_id
  FROM complaints_complaint c WHERE c.matter_id = h.complaint_id AND h.member_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = (("retention", "0003_holds_that_outlive_their_complaint"),)
    operations = (migrations.RunSQL(NOTE, "UPDATE retention_hold SET member_id = NULL WHERE complaint_id IS NOT NULL"),)
