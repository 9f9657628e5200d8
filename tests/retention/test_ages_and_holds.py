"""Checklist 38, over all ages and holds: the list, and the database by itself, against a reckoning of their own."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.enums import LineOfBusiness
from complaints.models import Complaint
from complaints.retention.due import count_due, why_left
from complaints.retention.models import Erasure, Hold
from complaints.retention.rules import rules
from members.actors import Role
from slas.queries import database_now
from tests.complaints import stages
from tests.people import staff
from tests.retention.old import move_back

pytestmark = pytest.mark.usefixtures("policies")
TEN = {"medicare_advantage", "part_d", "dual_special_needs", "medicaid", "unknown"}
AGES = st.one_of(
    st.timedeltas(timedelta(days=1), timedelta(days=366 * 12)),
    st.sampled_from([6, 10]).flatmap(
        lambda years: st.integers(-2, 3).map(lambda days: timedelta(days=years * 365 + years // 4 + days))
    ),
)


def is_old_enough(ended_at, now, years):
    """Return whether so many years have passed, reckoned forward from the end, other than the product does."""
    month, day = (3, 1) if (ended_at.month, ended_at.day) == (2, 29) else (ended_at.month, ended_at.day)
    return ended_at.replace(year=ended_at.year + years, month=month, day=day) <= now


def ledger_takes(row):
    entry = Erasure(
        complaint_id=row.pk,
        reference_digest=b"0" * 16,
        rule="house",
        erased_at=database_now(),
        list_id=row.pk,
        asked_by=row.pk,
        confirmed_by=uuid4(),
        counts={},
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
            transaction.set_rollback(True)
    except ProgrammingError:
        return False
    return True


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    age=AGES,
    line=st.sampled_from(sorted(LineOfBusiness.values)),
    held=st.sampled_from(["no", "case", "member", "released"]),
    is_open=st.integers(0, 9).map(lambda number: number == 0),
)
def test_nothing_held_open_or_younger_is_due_and_all_else_is(agent, age, line, held, is_open):
    with transaction.atomic():
        by, officer = stages.insured(), staff(Role.PRIVACY_OFFICER)
        row = stages.closed(agent, by=by)
        now = database_now()
        row = move_back(row, now - age)
        changes = {"line_of_business": line} | ({"state": "decided", "closed_at": None} if is_open else {})
        Complaint.objects.unscoped("test").filter(pk=row.pk).update(**changes)
        if held != "no":
            on = {"member": by.member} if held == "member" else {"complaint_id": row.pk}
            hold = Hold(**on, reason="A lawsuit.", placed_at=now, placed_by=officer)
            if held == "released":
                hold.released_at, hold.released_by, hold.release_reason = now, staff(Role.LEAD), "It is over."
            hold.save()
        may_go = not is_open and held in {"no", "released"}
        is_due = may_go and is_old_enough(row.closed_at, now, 10 if line in TEN else 6)
        assert sum(each.number for each in count_due(among=rules(), at=now)) == int(is_due)
        assert (why_left(row.pk, among=rules(), at=now) is None) == is_due
        assert ledger_takes(row) == (may_go and is_old_enough(row.closed_at, now, 6))
        transaction.set_rollback(True)
