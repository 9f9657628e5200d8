"""What Django cannot declare: ranges that never overlap, rows that never change, keys of two columns, room to update."""

from django.db import migrations

KEEP = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE slas_policyversion ADD CONSTRAINT slas_policy_in_force_once
  EXCLUDE USING gist (pack WITH =, obligation WITH =, track WITH =, daterange(effective_from, effective_to) WITH &&);

CREATE FUNCTION slas_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% never changes: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER slas_calendar_version_immutable BEFORE UPDATE OR DELETE ON slas_calendarversion
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER slas_policy_version_immutable BEFORE DELETE ON slas_policyversion
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER slas_policy_version_ends_once BEFORE UPDATE ON slas_policyversion FOR EACH ROW
  WHEN (OLD.effective_to IS NOT NULL OR to_jsonb(OLD) - 'effective_to' <> to_jsonb(NEW) - 'effective_to')
  EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER slas_clock_event_append_only BEFORE UPDATE OR DELETE ON slas_clockevent
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();

ALTER TABLE slas_clockevent ADD CONSTRAINT slas_clock_event_of_clock FOREIGN KEY (matter_id, clock_id)
  REFERENCES slas_clock(matter_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE slas_firing ADD CONSTRAINT slas_firing_of_clock FOREIGN KEY (matter_id, clock_id)
  REFERENCES slas_clock(matter_id, id) DEFERRABLE INITIALLY DEFERRED;

-- Every firing updates its clock, and the index on next_fire_at keeps that update from being heap-only: leave room on
-- the page and vacuum early, or the head of that index fills with dead entries.
ALTER TABLE slas_clock SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE slas_outbox SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE slas_sweeper SET (fillfactor = 50);
"""
RELEASE = """
ALTER TABLE slas_firing DROP CONSTRAINT slas_firing_of_clock;
ALTER TABLE slas_clockevent DROP CONSTRAINT slas_clock_event_of_clock;
DROP TRIGGER slas_clock_event_append_only ON slas_clockevent;
DROP TRIGGER slas_policy_version_ends_once ON slas_policyversion;
DROP TRIGGER slas_policy_version_immutable ON slas_policyversion;
DROP TRIGGER slas_calendar_version_immutable ON slas_calendarversion;
DROP FUNCTION slas_refuse_change();
ALTER TABLE slas_policyversion DROP CONSTRAINT slas_policy_in_force_once;
"""


class Migration(migrations.Migration):
    dependencies = (("slas", "0001_initial"),)
    operations = (migrations.RunSQL(KEEP, RELEASE),)
