"""Make room for sealed words beside those in clear, and let the promises about them rest until they are sealed."""

from django.db import migrations

from members.privacy.fields import SealedTextField

LET_GO = """
DROP TRIGGER capa_verdict_is_final ON capa_capa;
DROP TRIGGER capa_criterion_is_fixed ON capa_capa;
"""
WORDS = (("capa", "title"), ("capa", "criterion"), ("capa", "verdict_reason"), ("capaaction", "description"))


class Migration(migrations.Migration):
    dependencies = (("capa", "0003_erased_complaints"),)
    operations = (
        migrations.RunSQL(LET_GO),
        migrations.RemoveConstraint("capa", "capa_planned_has_criterion"),
        migrations.RemoveConstraint("capa", "capa_verified_by_another"),
        *(migrations.RenameField(model, name, f"{name}_in_clear") for model, name in WORDS),
        *(migrations.AddField(model, name, SealedTextField(null=True)) for model, name in WORDS),
    )
