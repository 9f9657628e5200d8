import django.db.models.deletion
from django.db import migrations, models

KINDS = ("start", "pause", "resume", "extend", "complete", "cancel", "rebase")


class Migration(migrations.Migration):
    dependencies = [
        ("slas", "0005_drafts_of_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="clockevent",
            name="calendar",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="By which a rebased clock counts from its start on, and until it is rebased again.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="slas.calendarversion",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="epoch",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Grows when extended or rebased: warnings fire anew."
            ),
        ),
        migrations.AlterField(
            model_name="clockevent",
            name="kind",
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=10),
        ),
        migrations.AddConstraint(
            model_name="clockevent",
            constraint=models.CheckConstraint(
                condition=models.Q(kind="rebase", calendar__isnull=False)
                | (~models.Q(kind="rebase") & models.Q(calendar__isnull=True)),
                name="slas_clock_event_calendar",
            ),
        ),
    ]
