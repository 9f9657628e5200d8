"""A draft says what it was compared with when it was submitted, so that nobody takes back what was published since."""

import django.contrib.postgres.fields
from django.db import migrations, models

KEEP = """
DROP TRIGGER slas_policy_draft_keeps_its_words ON slas_policydraft;
CREATE TRIGGER slas_policy_draft_keeps_its_words BEFORE UPDATE ON slas_policydraft FOR EACH ROW
  WHEN (OLD.state IN ('published', 'withdrawn') OR (OLD.state <> 'draft' AND (
    (OLD.kind, OLD.name, OLD.text, OLD.sha256, OLD.note, OLD.effective_on, OLD.submitted_at, OLD.compared_with)
    IS DISTINCT FROM
    (NEW.kind, NEW.name, NEW.text, NEW.sha256, NEW.note, NEW.effective_on, NEW.submitted_at, NEW.compared_with)))
    OR (OLD.written_by_id, OLD.written_at) IS DISTINCT FROM (NEW.written_by_id, NEW.written_at))
  EXECUTE FUNCTION slas_refuse_change();
"""
RELEASE = """
DROP TRIGGER slas_policy_draft_keeps_its_words ON slas_policydraft;
CREATE TRIGGER slas_policy_draft_keeps_its_words BEFORE UPDATE ON slas_policydraft FOR EACH ROW
  WHEN (OLD.state IN ('published', 'withdrawn') OR (OLD.state <> 'draft' AND (
    (OLD.kind, OLD.name, OLD.text, OLD.sha256, OLD.note, OLD.effective_on, OLD.submitted_at)
    IS DISTINCT FROM (NEW.kind, NEW.name, NEW.text, NEW.sha256, NEW.note, NEW.effective_on, NEW.submitted_at)))
    OR (OLD.written_by_id, OLD.written_at) IS DISTINCT FROM (NEW.written_by_id, NEW.written_at))
  EXECUTE FUNCTION slas_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = (("slas", "0010_names_that_fit_an_address"),)
    operations = (
        migrations.AddField(
            model_name="policydraft",
            name="compared_with",
            field=django.contrib.postgres.fields.ArrayField(
                models.UUIDField(),
                default=list,
                help_text="What was newest of its pack or calendar when it was submitted.",
            ),
        ),
        migrations.RunSQL(KEEP, RELEASE),
    )
