"""Let the database itself keep what an approved plan promised, and what the check found."""

from django.db import migrations

KEEP = """
CREATE FUNCTION capa_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER capa_criterion_is_fixed BEFORE UPDATE ON capa_capa FOR EACH ROW
  WHEN (OLD.planned_at IS NOT NULL AND (OLD.criterion, OLD.check_on, OLD.planned_at, OLD.planned_by_id)
        IS DISTINCT FROM (NEW.criterion, NEW.check_on, NEW.planned_at, NEW.planned_by_id))
  EXECUTE FUNCTION capa_refuse_change('the criterion is fixed once the plan is approved');
CREATE TRIGGER capa_verdict_is_final BEFORE UPDATE ON capa_capa FOR EACH ROW
  WHEN (OLD.verified_at IS NOT NULL AND (OLD.state, OLD.verdict_reason, OLD.verified_at, OLD.verified_by_id)
        IS DISTINCT FROM (NEW.state, NEW.verdict_reason, NEW.verified_at, NEW.verified_by_id))
  EXECUTE FUNCTION capa_refuse_change('the verdict of an effectiveness check is final');
"""
LET_GO = """
DROP TRIGGER capa_verdict_is_final ON capa_capa;
DROP TRIGGER capa_criterion_is_fixed ON capa_capa;
DROP FUNCTION capa_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = (("capa", "0001_initial"),)
    operations = (migrations.RunSQL(KEEP, LET_GO),)
