"""Let the database itself keep what is held, open or younger than six years, whoever asks.

A complaint, and what its clocks went through, can be deleted if it stands in the ledger of erasures; the ledger takes
no line of a complaint that has to stay, and no line is ever changed. No trigger is ever switched off for it.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION retention_refuse_early() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM complaints_complaint c WHERE c.matter_id = NEW.complaint_id
       AND (c.state NOT IN ('closed', 'withdrawn')
            OR COALESCE(c.closed_at, c.withdrawn_at) > clock_timestamp() - interval '6 years')
  ) THEN
    RAISE EXCEPTION 'complaint % is open or younger than six years: erasure refused', NEW.complaint_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (
    SELECT 1 FROM complaints_complaint c JOIN retention_hold h
        ON h.complaint_id = c.matter_id OR h.member_id = c.member_id
     WHERE c.matter_id = NEW.complaint_id AND h.released_at IS NULL
  ) THEN
    RAISE EXCEPTION 'complaint % is on legal hold: erasure refused', NEW.complaint_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER retention_erasure_not_early BEFORE INSERT ON retention_erasure
  FOR EACH ROW EXECUTE FUNCTION retention_refuse_early();
CREATE TRIGGER retention_erasure_append_only BEFORE UPDATE OR DELETE ON retention_erasure
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER retention_erasure_no_truncate BEFORE TRUNCATE ON retention_erasure
  FOR EACH STATEMENT EXECUTE FUNCTION slas_refuse_change();

CREATE FUNCTION retention_refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM retention_erasure WHERE complaint_id = OLD.matter_id) THEN
    RAISE EXCEPTION '% never changes: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER retention_complaint_is_kept BEFORE DELETE ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION retention_refuse_unless_erased();

DROP TRIGGER slas_clock_event_append_only ON slas_clockevent;
CREATE TRIGGER slas_clock_event_append_only BEFORE UPDATE ON slas_clockevent
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER retention_clock_event_is_kept BEFORE DELETE ON slas_clockevent
  FOR EACH ROW EXECUTE FUNCTION retention_refuse_unless_erased();
"""
LET_GO = """
DROP TRIGGER retention_clock_event_is_kept ON slas_clockevent;
DROP TRIGGER slas_clock_event_append_only ON slas_clockevent;
CREATE TRIGGER slas_clock_event_append_only BEFORE UPDATE OR DELETE ON slas_clockevent
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();
DROP TRIGGER retention_complaint_is_kept ON complaints_complaint;
DROP FUNCTION retention_refuse_unless_erased();
DROP TRIGGER retention_erasure_no_truncate ON retention_erasure;
DROP TRIGGER retention_erasure_append_only ON retention_erasure;
DROP TRIGGER retention_erasure_not_early ON retention_erasure;
DROP FUNCTION retention_refuse_early();
"""


class Migration(migrations.Migration):
    dependencies = (("retention", "0001_initial"), ("slas", "0011_what_a_draft_was_compared_with"))
    operations = (migrations.RunSQL(KEEP, LET_GO),)
