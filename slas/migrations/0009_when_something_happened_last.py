from django.db import migrations, models

FIND = """
UPDATE slas_clock c SET last_at = coalesce((
  SELECT e.at FROM slas_clockevent e
   WHERE e.matter_id = c.matter_id AND e.clock_id = c.id AND e.kind <> 'rebase' ORDER BY e.rev DESC LIMIT 1),
  c.started_at)"""
HELP = "What happened last counts for this moment; a rebase counts for none."


class Migration(migrations.Migration):
    dependencies = [
        ("slas", "0008_withdraw_packs_that_bound_nobody"),
    ]

    operations = [
        migrations.AddField("clock", "last_at", models.DateTimeField(help_text=HELP, null=True)),
        migrations.RunSQL(FIND, migrations.RunSQL.noop),
        migrations.AlterField("clock", "last_at", models.DateTimeField(help_text=HELP)),
    ]
