import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

import members.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("slas", "0003_packs_of_law"),
    ]

    operations = [
        migrations.AddField(
            model_name="sweeper",
            name="conflicts",
            field=models.PositiveIntegerField(
                db_default=0, help_text="Firings that the ledger had already: the primary key refused them. 0, ever."
            ),
        ),
        migrations.AddIndex(
            model_name="firing",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["fired_at"], name="slas_firing_fired", pages_per_range=16
            ),
        ),
        migrations.CreateModel(
            name="FoldCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=members.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("clocks", models.PositiveIntegerField(help_text="How many were compared.")),
                (
                    "misfolded",
                    models.PositiveIntegerField(help_text="How many are not what their events say; 0, ever."),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("misfolded__lte", models.F("clocks"))), name="slas_fold_check_of_all"
                    )
                ],
            },
        ),
    ]
