from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("retention", "0002_erased_by_the_ledger_alone"),)
    operations = (
        migrations.RemoveConstraint(model_name="hold", name="retention_hold_holds_one"),
        migrations.AlterField(
            model_name="hold",
            name="complaint",
            field=models.UUIDField(db_column="complaint_id", db_index=True, null=True),
        ),
        migrations.RenameField(model_name="hold", old_name="complaint", new_name="complaint_id"),
        migrations.AlterField(
            model_name="hold",
            name="complaint_id",
            field=models.UUIDField(db_index=True, help_text="Null: everything of the member is held.", null=True),
        ),
        migrations.AlterField(
            model_name="hold",
            name="member",
            field=models.ForeignKey(
                help_text="Whose record it is, if we know.",
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="members.member",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("complaint_id__isnull", False), ("member__isnull", False), _connector="OR"),
                name="retention_hold_holds_something",
            ),
        ),
    )
