from django.apps.registry import Apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.management import CommandError
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ALONE = {"administrator", "auditor"}
CURE = (
    "These people hold the role of administrator or auditor together with another one, which goes no longer: {people}. "
    "Take roles from them until none is left beside it: on their pages, with the version that ran before, or by "
    "manage.py dbshell: UPDATE accounts_rolegrant SET revoked_at = now() WHERE user_id = 'ID' AND role = 'ROLE' AND "
    "revoked_at IS NULL; then migrate again."
)


def refuse_roles_that_clash(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Name who holds roles that the constraint does not let together. Raises CommandError."""
    grants = apps.get_model("accounts", "RoleGrant").objects.using(schema_editor.connection.alias)
    held = {}
    for user_id, name, role in grants.filter(revoked_at=None).values_list("user_id", "user__display_name", "role"):
        held.setdefault((user_id, name), set()).add(role)
    clashing = [
        f"{name} ({user_id}: {', '.join(sorted(roles))})"
        for (user_id, name), roles in sorted(held.items())
        if len(roles) > 1 and ALONE & roles
    ]
    if clashing:
        raise CommandError(CURE.format(people="; ".join(clashing)))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_recovery_forced"),
    ]

    operations = [
        # Other tables may use it too, hence it is never dropped.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.RunPython(refuse_roles_that_clash, migrations.RunPython.noop),
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
