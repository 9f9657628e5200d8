from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_reviews"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="recovery_forced_at",
            field=models.DateTimeField(
                help_text="Too many wrong passwords were typed: only a new one opens the door.", null=True
            ),
        ),
    ]
