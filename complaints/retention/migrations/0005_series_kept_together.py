"""Let the database keep a series together: while one of it is open, young or held, the ledger takes none of it.

A hold is released once and not changed otherwise, but for its seals; it is never deleted.
"""

from django.db import migrations

REFUSE = """
CREATE OR REPLACE FUNCTION retention_refuse_early() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM complaints_complaint c {series}
     WHERE c.matter_id = NEW.complaint_id AND (s.state NOT IN ('closed', 'withdrawn')
            OR COALESCE(s.closed_at, s.withdrawn_at) > clock_timestamp() - interval '6 years')
  ) THEN
    RAISE EXCEPTION '% % is open or younger than six years: erasure refused', '{what}', NEW.complaint_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (
    SELECT 1 FROM complaints_complaint c {series}
      JOIN retention_hold h ON h.complaint_id = s.matter_id OR h.complaint_id IS NULL AND h.member_id = s.member_id
     WHERE c.matter_id = NEW.complaint_id AND h.released_at IS NULL
  ) THEN
    RAISE EXCEPTION '% % is on legal hold: erasure refused', '{what}', NEW.complaint_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
"""
BY_SERIES = REFUSE.format(
    series="JOIN complaints_complaint s ON s.series_id = c.series_id", what="the series of complaint"
)
BY_ROW = REFUSE.format(series="JOIN complaints_complaint s ON s.matter_id = c.matter_id", what="complaint")
KEEP = """
CREATE TRIGGER retention_hold_no_delete BEFORE DELETE ON retention_hold
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER retention_hold_no_truncate BEFORE TRUNCATE ON retention_hold
  FOR EACH STATEMENT EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER retention_hold_stays_as_placed BEFORE UPDATE ON retention_hold FOR EACH ROW
  WHEN (OLD.released_at IS NULL AND (OLD.id, OLD.complaint_id, OLD.member_id, OLD.placed_at, OLD.placed_by_id)
        IS DISTINCT FROM (NEW.id, NEW.complaint_id, NEW.member_id, NEW.placed_at, NEW.placed_by_id))
  EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER retention_hold_released_once BEFORE UPDATE ON retention_hold FOR EACH ROW
  WHEN (OLD.released_at IS NOT NULL)
  EXECUTE FUNCTION privacy_refuse_change_but_resealing('reason', 'release_reason');
"""
LET_GO = """
DROP TRIGGER retention_hold_released_once ON retention_hold;
DROP TRIGGER retention_hold_stays_as_placed ON retention_hold;
DROP TRIGGER retention_hold_no_truncate ON retention_hold;
DROP TRIGGER retention_hold_no_delete ON retention_hold;
"""


class Migration(migrations.Migration):
    dependencies = (("retention", "0004_whose_complaint_is_held"), ("privacy", "0002_reseal_what_is_kept"))
    operations = (migrations.RunSQL(BY_SERIES, BY_ROW), migrations.RunSQL(KEEP, LET_GO))
