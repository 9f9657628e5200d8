import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("disclosures", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )
    operations = (
        migrations.AddField(
            "disclosure",
            "reader",
            models.ForeignKey(
                help_text="The account that got it, acting for the member.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "disclosure",
            "object_id",
            models.UUIDField(help_text="What went: a complaint, letter, notice, file or message.", null=True),
        ),
        migrations.AddConstraint(
            "disclosure",
            models.UniqueConstraint(fields=("reader", "object_id"), name="disclosure_once_to_each_reader"),
        ),
        migrations.AddConstraint(
            "disclosure",
            models.CheckConstraint(
                condition=models.Q(reader=None) | models.Q(basis="representation", object_id__isnull=False),
                name="disclosure_to_a_reader_names_what",
            ),
        ),
    )
