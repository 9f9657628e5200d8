"""Starts that are entered late, at odd instants, or with odd budgets."""

from datetime import datetime

import pytest
from django.db import connection

from slas.calendar import HorizonPassed
from slas.models import ClockState
from slas.operations import ClockRefused
from slas.queries import misfolded_clocks
from slas.sweep import fire_everything
from tests.slas.calendars import utc
from tests.slas.clocks import clocks_of, complete, firings, fresh, open_one, outbox_keys, start

pytestmark = pytest.mark.django_db
MONDAY = utc(2026, 6, 1, 14)


def test_a_letter_that_was_overdue_when_it_was_entered_fires_its_breach_and_no_stale_warning():
    clock = start("acknowledge", utc(2026, 5, 20, 14), at=MONDAY, track="standard")
    with connection.cursor() as cursor:
        fire_everything(cursor, now=MONDAY, who="test")

    assert clock.due_at == utc(2026, 5, 22, 21)
    assert [(code, suppressed) for code, _, suppressed in firings(clock)] == [(50, True), (80, True), (100, False)]
    assert outbox_keys(clock)
    assert fresh(clock).is_breached(MONDAY)


def test_what_was_answered_before_it_was_entered_is_judged_by_when_it_was_answered():
    clock = complete(start("acknowledge", utc(2026, 5, 20, 14), at=MONDAY, track="standard"), utc(2026, 5, 21, 14))

    assert (clock.state, clock.ended_at) == (ClockState.MET, utc(2026, 5, 21, 14))
    assert list(misfolded_clocks()) == []


@pytest.mark.parametrize(
    ("local", "due_at"),
    [
        ("2026-11-01T01:30:00-04:00", utc(2026, 11, 2, 5, 30)),  # 01:30 comes twice: at first
        ("2026-11-01T01:30:00-05:00", utc(2026, 11, 2, 6, 30)),  # and an hour later
        ("2026-03-08T02:30:00-05:00", utc(2026, 3, 9, 7, 30)),  # 02:30 is skipped; with an offset it is 03:30
    ],
)
def test_a_local_time_that_comes_twice_or_never_is_taken_by_its_offset(local, due_at):
    assert start("message_reply", datetime.fromisoformat(local)).due_at == due_at


def test_a_budget_of_nothing_is_due_as_soon_as_it_counts():
    clock = start("capa_action", MONDAY, budget=0)

    assert (clock.due_at, clock.fire_codes) == (utc(2026, 6, 2, 4), [100])
    assert complete(clock, utc(2026, 6, 2, 4)).state == ClockState.MET


def test_a_budget_of_less_than_nothing_is_refused():
    with pytest.raises(ClockRefused) as refused:
        start("capa_action", MONDAY, budget=-1)

    assert str(refused.value) == "cannot start capa_action: a budget of -1 would be due before it starts"


def test_a_budget_of_ten_years_is_refused_where_nobody_has_reviewed_the_days():
    matter = open_one(MONDAY)
    with pytest.raises(HorizonPassed) as refused:
        start("capa_action", MONDAY, budget=3652, matter=matter)

    assert str(refused.value) == (
        "the date would fall outside the reviewed days of calendar 'house' v1 (2019-01-01 to 2030-12-31); "
        "publish a version that covers it"
    )
    assert clocks_of(matter.pk) == []
    assert start("capa_action", utc(2019, 6, 3, 14), budget=3652).due_at == utc(2029, 6, 3, 4)
