"""Names of packs and calendars are parts of addresses, and a link to the law is shown to members: the database minds.

What was published before is not looked at again, for no version that is published can be corrected.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

NAME = "^[a-z0-9_-]+$"


class Migration(migrations.Migration):
    dependencies = (("slas", "0009_when_something_happened_last"),)
    operations = (
        AddConstraintNotValid(
            model_name="calendarversion",
            constraint=models.CheckConstraint(condition=models.Q(calendar__regex=NAME), name="slas_calendar_name"),
        ),
        AddConstraintNotValid(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(track="") | models.Q(track__regex=NAME),
                    calendar__regex=NAME,
                    obligation__regex=NAME,
                    pack__regex=NAME,
                ),
                name="slas_policy_names",
            ),
        ),
        AddConstraintNotValid(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(url="") | models.Q(url__startswith="https://"), name="slas_policy_url"
            ),
        ),
    )
