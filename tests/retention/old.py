"""Complaints, consents and disclosures whose time is over, made by the real operations and then moved back in time."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from complaints.models import Complaint, TimelineEntry
from complaints.retention.lists import ask_erasure, confirm_erasure, digest_now
from complaints.retention.models import ErasureList
from complaints.retention.rules import years_before
from members.disclosures.models import Consent, Correction, Disclosure, Withdrawal
from slas.queries import database_now
from tests.complaints import stages

STAMPS = (
    "received_at", "submitted_at", "acknowledged_at", "assessed_at", "investigated_at", "decided_at", "informed_at",
    "closed_at", "withdrawn_at",
)  # fmt: skip

OF_MEMBERS = {
    Consent: ("recorded_at", "given_at", "ends_at"),
    Withdrawal: ("recorded_at", "withdrawn_at"),
    Disclosure: ("recorded_at", "at"),
    Correction: ("recorded_at", "corrected_at"),
}


def move_back(row: Complaint, ended_at: datetime) -> Complaint:
    """Let a closed complaint have ended at a moment; all else of it lies as long before as it did."""
    by = row.closed_at - ended_at
    stamps = {name: F(name) - by for name in STAMPS if getattr(row, name)}
    Complaint.objects.unscoped("test").filter(pk=row.pk).update(**stamps)
    TimelineEntry.objects.unscoped("test").filter(complaint=row).update(at=F("at") - by)
    return stages.now(row)


def over(agent, *, years: int = 7, line: str = "group", row: Complaint | None = None, **words) -> Complaint:
    """Return a complaint that was closed so many years and a day ago, made of a closed one if it is given."""
    row = row or stages.closed(agent, **words)
    Complaint.objects.unscoped("test").filter(pk=row.pk).update(line_of_business=line)
    return move_back(stages.now(row), years_before(database_now(), years) - timedelta(days=1))


def in_one_series(first: Complaint, *others: Complaint) -> None:
    """Let complaints be of one series."""
    keys = [row.pk for row in others]
    Complaint.objects.unscoped("test").filter(pk__in=keys).update(series_id=first.series_id)


def confirmed(officer, second) -> ErasureList:
    """Return the list of all that is due, asked for by one and confirmed by another."""
    asked = ask_erasure(actor=officer, at=database_now())
    return confirm_erasure(actor=second, at=database_now(), list_id=asked.pk, digest=digest_now(asked))


def six_years_and(days: int) -> datetime:
    """Return the moment so many days before six years ago."""
    return years_before(database_now(), 6) - timedelta(days=days)


def ended(ago: datetime) -> None:
    """Let all consents and disclosures have ended, or been recorded, so long ago, past every trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        for model, (recorded, *stamps) in OF_MEMBERS.items():
            table, last = model._meta.db_table, stamps[-1]
            moved = "".join(f", {name} = {name} - ({last} - %(to)s)" for name in stamps)
            cursor.execute(f"UPDATE {table} SET {recorded} = %(to)s{moved}", {"to": ago})  # noqa: S608 -- names of ours
        cursor.execute("SET LOCAL session_replication_role = origin; SET CONSTRAINTS ALL DEFERRED")
