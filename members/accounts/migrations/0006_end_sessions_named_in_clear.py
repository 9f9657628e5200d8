from django.db import migrations


class Migration(migrations.Migration):
    """Sessions are named by an index of their key from now on; those named by the key itself end."""

    dependencies = [("accounts", "0005_roles_that_go_together")]

    operations = [migrations.RunSQL("DELETE FROM accounts_session", migrations.RunSQL.noop)]
