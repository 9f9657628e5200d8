"""Corrected calendars of the tests."""

from contextlib import contextmanager
from datetime import date
from uuid import uuid4

from django.db import connection

from slas import versions
from slas.models import CalendarVersion, Clock


def correct(calendar, *, closed=(), opened=(), weekly=None, effective_from=date(2026, 7, 1)):
    """Publish the next version of a calendar: some days are holidays after all, some are none, or hours are others."""
    row = CalendarVersion.objects.filter(calendar=calendar).latest("version")
    row.pk, row.version, row.effective_from = uuid4(), row.version + 1, effective_from
    row.sha256 = row.pk.bytes * 2
    row.weekly = weekly or row.weekly
    named = {day.isoformat(): "Found out later" for day in closed}
    row.holidays = {
        day: name for day, name in (row.holidays | named).items() if date.fromisoformat(day) not in set(opened)
    }
    row.save(force_insert=True)
    return row


@contextmanager
def corrected_for_a_while(calendar, **corrections):
    """Publish a correction that other sessions see, and take it back with all clocks, as no operation could."""
    row = correct(calendar, **corrections)
    try:
        yield row
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE slas_clock, audit_event CASCADE")
        withdraw(row)


def withdraw(row):
    """Take a version back, as if it had never been published; what went over to it is pinned to the one before."""
    before = CalendarVersion.objects.get(calendar=row.calendar, version=row.version - 1)
    Clock.objects.filter(calendar=row).update(calendar=before)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE slas_calendarversion DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM slas_calendarversion WHERE id = %s", [row.pk])
        cursor.execute("ALTER TABLE slas_calendarversion ENABLE TRIGGER USER")
    versions.forget()
