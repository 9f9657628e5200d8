"""Let the database itself keep corrections as they were written."""

from django.db import migrations

KEEP = """
CREATE TRIGGER disclosures_correction_append_only BEFORE UPDATE ON disclosures_correction
  FOR EACH ROW EXECUTE FUNCTION privacy_refuse_change_but_resealing('reason');
CREATE TRIGGER disclosures_correction_no_delete BEFORE DELETE ON disclosures_correction
  FOR EACH ROW EXECUTE FUNCTION disclosures_refuse_change();
CREATE TRIGGER disclosures_correction_no_truncate BEFORE TRUNCATE ON disclosures_correction
  FOR EACH STATEMENT EXECUTE FUNCTION disclosures_refuse_change();
"""
LET_GO = """
DROP TRIGGER disclosures_correction_no_truncate ON disclosures_correction;
DROP TRIGGER disclosures_correction_no_delete ON disclosures_correction;
DROP TRIGGER disclosures_correction_append_only ON disclosures_correction;
"""


class Migration(migrations.Migration):
    dependencies = (("disclosures", "0004_corrections"),)
    operations = (migrations.RunSQL(KEEP, LET_GO),)
