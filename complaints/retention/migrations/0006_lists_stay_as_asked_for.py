"""Let the database keep a list as it was asked for: what a second person confirms is what the first one saw.

A list takes lines until it is confirmed; of a line only what became of it changes; neither is ever deleted.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION retention_refuse_late_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  confirmed timestamptz;
BEGIN
  SELECT confirmed_at INTO confirmed FROM retention_erasurelist WHERE id = NEW.on_list_id FOR SHARE;
  IF confirmed IS NOT NULL THEN
    RAISE EXCEPTION 'list % is confirmed and takes no more lines', NEW.on_list_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER retention_line_comes_before_its_list_is_confirmed BEFORE INSERT ON retention_listedcomplaint
  FOR EACH ROW EXECUTE FUNCTION retention_refuse_late_lines();
CREATE TRIGGER retention_line_stays_as_asked_for BEFORE UPDATE ON retention_listedcomplaint FOR EACH ROW
  WHEN ((OLD.id, OLD.on_list_id, OLD.complaint_id, OLD.rule) <> (NEW.id, NEW.on_list_id, NEW.complaint_id, NEW.rule))
  EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER retention_line_no_delete BEFORE DELETE ON retention_listedcomplaint
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER retention_list_is_confirmed_once BEFORE UPDATE ON retention_erasurelist FOR EACH ROW
  WHEN ((OLD.id, OLD.asked_at, OLD.asked_by_id) <> (NEW.id, NEW.asked_at, NEW.asked_by_id)
        OR OLD.confirmed_at IS NOT NULL
           AND (OLD.confirmed_at, OLD.confirmed_by_id) IS DISTINCT FROM (NEW.confirmed_at, NEW.confirmed_by_id))
  EXECUTE FUNCTION slas_refuse_change();
CREATE TRIGGER retention_list_no_delete BEFORE DELETE ON retention_erasurelist
  FOR EACH ROW EXECUTE FUNCTION slas_refuse_change();
"""
LET_GO = """
DROP TRIGGER retention_list_no_delete ON retention_erasurelist;
DROP TRIGGER retention_list_is_confirmed_once ON retention_erasurelist;
DROP TRIGGER retention_line_no_delete ON retention_listedcomplaint;
DROP TRIGGER retention_line_stays_as_asked_for ON retention_listedcomplaint;
DROP TRIGGER retention_line_comes_before_its_list_is_confirmed ON retention_listedcomplaint;
DROP FUNCTION retention_refuse_late_lines();
"""


class Migration(migrations.Migration):
    dependencies = (("retention", "0005_series_kept_together"),)
    operations = (migrations.RunSQL(KEEP, LET_GO),)
