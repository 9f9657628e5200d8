"""Drop the columns in clear, and let the database keep again what an approved plan promised and what the check found."""

from django.db import migrations, models
from django.db.models import F, Q

from members.privacy.fields import SealedTextField

# What is sealed may be sealed anew under another key, and is of the same length then; see privacy 0002.
KEEP = """
CREATE FUNCTION capa_is_the_same(before bytea, after bytea) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT before IS NOT DISTINCT FROM after
    OR (length(before) = length(after) AND substring(before FOR 5) <> substring(after FOR 5)) IS TRUE
$$;
CREATE TRIGGER capa_criterion_is_fixed BEFORE UPDATE ON capa_capa FOR EACH ROW
  WHEN (OLD.planned_at IS NOT NULL AND ((OLD.check_on, OLD.planned_at, OLD.planned_by_id)
        IS DISTINCT FROM (NEW.check_on, NEW.planned_at, NEW.planned_by_id)
        OR NOT capa_is_the_same(OLD.criterion, NEW.criterion)))
  EXECUTE FUNCTION capa_refuse_change('the criterion is fixed once the plan is approved');
CREATE TRIGGER capa_verdict_is_final BEFORE UPDATE ON capa_capa FOR EACH ROW
  WHEN (OLD.verified_at IS NOT NULL AND ((OLD.state, OLD.verified_at, OLD.verified_by_id)
        IS DISTINCT FROM (NEW.state, NEW.verified_at, NEW.verified_by_id)
        OR NOT capa_is_the_same(OLD.verdict_reason, NEW.verdict_reason)))
  EXECUTE FUNCTION capa_refuse_change('the verdict of an effectiveness check is final');
"""
IN_CLEAR = (("capa", "title"), ("capa", "criterion"), ("capa", "verdict_reason"), ("capaaction", "description"))
PLANNED = Q(state="opened") | Q(planned_at__isnull=False, check_on__isnull=False, criterion__isnull=False)
VERIFIED = ~Q(state__in=["effective", "not_effective"]) | (
    Q(verified_at__isnull=False, verified_by__isnull=False, verdict_reason__isnull=False) & ~Q(verified_by=F("owner"))
)


class Migration(migrations.Migration):
    dependencies = (("capa", "0005_seal_words"),)
    operations = (
        *(migrations.RemoveField(model, f"{name}_in_clear") for model, name in IN_CLEAR),
        migrations.AlterField("capa", "title", SealedTextField()),
        migrations.AlterField("capaaction", "description", SealedTextField()),
        migrations.AlterField(
            "capa", "criterion", SealedTextField(null=True, help_text="How we will know that it worked.")
        ),
        migrations.AddConstraint("capa", models.CheckConstraint(name="capa_planned_has_criterion", condition=PLANNED)),
        migrations.AddConstraint("capa", models.CheckConstraint(name="capa_verified_by_another", condition=VERIFIED)),
        migrations.RunSQL(KEEP),
    )
