"""Let the database itself keep consents, withdrawals and disclosures as they were written."""

from django.db import migrations

GUARDS = {
    "consent": "privacy_refuse_change_but_resealing('recipient', 'evidence')",
    "withdrawal": "disclosures_refuse_change()",
    "disclosure": "privacy_refuse_change_but_resealing('recipient', 'address', 'what')",
}
REFUSE = """
CREATE FUNCTION disclosures_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is kept for at least six years and is not changed: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
KEEP = """
CREATE TRIGGER disclosures_{0}_append_only BEFORE UPDATE ON disclosures_{0}
  FOR EACH ROW EXECUTE FUNCTION {1};
CREATE TRIGGER disclosures_{0}_no_delete BEFORE DELETE ON disclosures_{0}
  FOR EACH ROW EXECUTE FUNCTION disclosures_refuse_change();
CREATE TRIGGER disclosures_{0}_no_truncate BEFORE TRUNCATE ON disclosures_{0}
  FOR EACH STATEMENT EXECUTE FUNCTION disclosures_refuse_change();
"""
LET_GO = """
DROP TRIGGER disclosures_{0}_no_truncate ON disclosures_{0};
DROP TRIGGER disclosures_{0}_no_delete ON disclosures_{0};
DROP TRIGGER disclosures_{0}_append_only ON disclosures_{0};
"""


class Migration(migrations.Migration):
    dependencies = (
        ("disclosures", "0001_consents_and_disclosures"),
        ("privacy", "0002_reseal_what_is_kept"),
    )
    operations = (
        migrations.RunSQL(REFUSE, "DROP FUNCTION disclosures_refuse_change()"),
        *(migrations.RunSQL(KEEP.format(table, guard), LET_GO.format(table)) for table, guard in GUARDS.items()),
    )
