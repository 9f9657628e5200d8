"""Let consents and disclosures go six years after they ended, and let the database itself keep them until then."""

from django.db import migrations

TABLES = ("consent", "withdrawal", "disclosure", "correction")
REFUSE = """
CREATE FUNCTION retention_refuse_before_its_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_row jsonb := to_jsonb(OLD);
BEGIN
  IF greatest((old_row->>'recorded_at')::timestamptz, (old_row->>'at')::timestamptz, (old_row->>'ends_at')::timestamptz,
              (old_row->>'withdrawn_at')::timestamptz, (old_row->>'corrected_at')::timestamptz)
       > clock_timestamp() - interval '6 years'
     OR EXISTS (SELECT 1 FROM complaints_complaint WHERE matter_id = (old_row->>'matter_id')::uuid)
     OR EXISTS (SELECT 1 FROM retention_hold WHERE member_id = OLD.member_id AND released_at IS NULL)
  THEN
    RAISE EXCEPTION '% is kept for at least six years and is not changed: % refused', TG_TABLE_NAME, TG_OP
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END $$;
"""
KEEP = """
DROP TRIGGER disclosures_{0}_no_delete ON disclosures_{0};
CREATE TRIGGER retention_{0}_is_kept BEFORE DELETE ON disclosures_{0}
  FOR EACH ROW EXECUTE FUNCTION retention_refuse_before_its_time();
"""
LET_GO = """
DROP TRIGGER retention_{0}_is_kept ON disclosures_{0};
CREATE TRIGGER disclosures_{0}_no_delete BEFORE DELETE ON disclosures_{0}
  FOR EACH ROW EXECUTE FUNCTION disclosures_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = (
        ("retention", "0007_whose_trail_stays_hidden"),
        ("disclosures", "0005_corrections_append_only"),
    )
    operations = (
        migrations.RunSQL(REFUSE, "DROP FUNCTION retention_refuse_before_its_time()"),
        *(migrations.RunSQL(KEEP.format(table), LET_GO.format(table)) for table in TABLES),
    )
