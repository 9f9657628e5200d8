"""What the nightly task deletes."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection

from complaints.intake.models import Draft
from complaints.intake.operations import DRAFTS_LAST
from complaints.tasks import forget
from slas.queries import database_now


@pytest.mark.django_db(transaction=True)
def test_drafts_go_on_their_day_whatever_else_cannot_be_deleted():
    old = database_now() - DRAFTS_LAST - timedelta(hours=1)
    Draft(answers={}, started_at=old, saved_at=old).save()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE disclosures_consent RENAME TO elsewhere")
    try:
        with pytest.raises(ProgrammingError, match="disclosures_consent"):
            forget()
        assert not Draft.objects.unscoped("a test").exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO disclosures_consent")
