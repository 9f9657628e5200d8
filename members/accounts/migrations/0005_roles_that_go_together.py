from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_recovery_forced"),
    ]

    operations = [
        # Other tables may use it too, hence it is never dropped.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=ExclusionConstraint(
                condition=models.Q(("revoked_at", None)),
                expressions=[
                    ("user", "="),
                    (
                        models.Case(
                            models.When(role__in=["administrator", "auditor"], then=models.F("role")),
                            default=models.Value("together"),
                        ),
                        "<>",
                    ),
                ],
                name="accounts_roles_that_go_together",
            ),
        ),
    ]
