"""A complaint is filed although a calendar has run out of reviewed days; its clocks start once it has more."""

from dataclasses import replace
from datetime import date

import pytest

from complaints.correspondence.operations import START_CLOCKS
from complaints.models import Complaint
from complaints.operations import submit_complaint
from complaints.operations.submit_complaint import Statement
from members.actors import SYSTEM
from slas import versions
from slas.calendar import zone_offsets
from slas.models import CalendarVersion, Clock, Outbox
from slas.operations.publish_versions import calendar_row
from slas.outbox import settle
from slas.versions import definition_of
from tests.slas.calendars import utc

pytestmark = pytest.mark.django_db
TOO_LATE = utc(2031, 3, 3, 15)


@pytest.fixture(autouse=True)
def fresh_shelf():
    versions.forget()
    yield
    versions.forget()


def publish_the_next_years(name):
    row = CalendarVersion.objects.filter(calendar=name).latest("effective_from")
    longer = replace(
        definition_of(row), version=row.version + 1, effective_from=date(2030, 1, 1), last_on=date(2032, 12, 31)
    )
    calendar_row(longer, zone_offsets(longer.tz, longer.first_on, longer.last_on)).save(force_insert=True)


def test_a_complaint_after_the_end_of_a_calendar_is_filed_and_its_clocks_start_later():
    row = submit_complaint(actor=SYSTEM, at=TOO_LATE, statement=Statement("Nobody answers."))
    assert Complaint.objects.unscoped("a test").filter(pk=row.pk).exists()
    assert not Clock.objects.filter(matter_id=row.pk).exists()
    waiting = Outbox.objects.get(topic=START_CLOCKS)
    settle([waiting.pk])
    waiting.refresh_from_db()
    assert (waiting.settled_at, "HorizonPassed" in waiting.fault) == (None, True)

    for name in sorted(set(CalendarVersion.objects.values_list("calendar", flat=True))):
        publish_the_next_years(name)
    versions.forget()
    for _ in range(2):
        settle([waiting.pk])
    kinds = Clock.objects.filter(matter_id=row.pk).values_list("kind", "started_at")
    assert {("acknowledge", TOO_LATE), ("resolve", TOO_LATE)} <= set(kinds)
