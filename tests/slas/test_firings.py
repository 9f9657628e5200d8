"""How punctually thresholds fire, read from the ledger."""

from datetime import timedelta

import pytest

from members.actors import ActorKind
from slas.models import ClockEvent, EventKind, Firing
from slas.queries import Burst, FiredCode, FireLag, busiest_minutes, due_days, fire_lag, fired_by_code, fired_by_hour
from tests.slas.calendars import utc
from tests.slas.clocks import start

pytestmark = pytest.mark.django_db
NOW = utc(2026, 6, 3, 14, 20)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock():
    return start("message_reply", NOW - timedelta(days=2))


def fired(clock, *, ago, late, code, **columns):
    at = NOW - ago
    row = {"scheduled_for": at - late, "fired_at": at, "suppressed": False, "sweeper": "w1"} | columns
    Firing.objects.create(matter_id=clock.matter_id, clock_id=clock.id, epoch=1, code=code, clock_rev=2, **row)


def armed_anew(clock, at):
    """Write the event of revision 2, of which the firings of these tests are."""
    ClockEvent.objects.create(
        matter_id=clock.matter_id,
        clock_id=clock.id,
        rev=2,
        kind=EventKind.EXTEND,
        at=at,
        recorded_at=at,
        actor_kind=ActorKind.SYSTEM,
    )


def test_the_lag_of_a_span_is_that_of_what_fired_in_it(clock):
    armed_anew(clock, NOW - timedelta(days=2))
    for code, seconds in enumerate((0.01, 0.02, 0.03, 5), start=1):
        fired(clock, ago=MINUTE, late=seconds * SECOND, code=code)
    fired(clock, ago=2 * HOUR, late=HOUR, code=9)
    found = fire_lag(NOW, HOUR)
    assert (found.fired, found.median, found.longest) == (4, pytest.approx(0.025), pytest.approx(5))
    assert found.p99 == pytest.approx(4.8509)
    assert fire_lag(NOW, SECOND) == FireLag(0, None, None, None, None)


def test_what_was_due_before_its_clock_was_armed_is_late_from_then_only(clock):
    """A complaint that is entered with a past date of receipt was not kept waiting by the engine."""
    fired(clock, ago=MINUTE, late=timedelta(days=2), code=50)
    armed_anew(clock, NOW - MINUTE - 3 * SECOND)
    assert fire_lag(NOW, HOUR).longest == pytest.approx(3)


def test_what_no_sweeper_fired_has_no_lag_and_is_counted_apart(clock):
    fired(clock, ago=MINUTE, late=HOUR, code=50, suppressed=True)
    fired(clock, ago=MINUTE, late=HOUR, code=100, sweeper="")
    fired(clock, ago=MINUTE, late=SECOND, code=110)
    assert fire_lag(NOW, HOUR).fired == 1
    assert fired_by_code(NOW, HOUR) == [FiredCode(50, 0, 1), FiredCode(100, 0, 1), FiredCode(110, 1, 0)]


def test_hours_in_which_nothing_fired_are_there_too(clock):
    fired(clock, ago=90 * MINUTE, late=0.5 * SECOND, code=50)
    fired(clock, ago=10 * MINUTE, late=0.25 * SECOND, code=80)
    assert fired_by_hour(NOW, 3) == [
        Burst(utc(2026, 6, 3, 11), 0, 0.0),
        Burst(utc(2026, 6, 3, 12), 1, 0.5, 0.5),
        Burst(utc(2026, 6, 3, 13), 0, 0.0),
        Burst(utc(2026, 6, 3, 14), 1, 0.25, 0.25),
    ]


def test_the_busiest_minutes_come_first(clock):
    for code in (1, 2, 3):
        fired(clock, ago=HOUR, late=code * SECOND / 10, code=code)
    fired(clock, ago=2 * HOUR, late=SECOND, code=4)
    fired(clock, ago=9 * timedelta(days=1), late=SECOND, code=5)
    found = busiest_minutes(NOW, timedelta(days=7), most=5)
    assert found == [Burst(utc(2026, 6, 3, 13, 20), 3, 0.3), Burst(utc(2026, 6, 3, 12, 20), 1, 1.0)]
    assert busiest_minutes(NOW, timedelta(days=7), most=1) == found[:1]


def test_what_falls_due_is_told_by_day_with_the_minute_of_the_most():
    for hours in (3, 3, 4, 30):
        start("message_reply", NOW - timedelta(hours=24 - hours))
    start("message_reply", NOW - timedelta(days=2))  # overdue
    first, second = due_days(NOW, NOW + timedelta(days=7), zone="America/New_York")
    assert (first.day, first.clocks, first.busiest_at, first.at_once) == (NOW.date(), 3, NOW + 3 * HOUR, 2)
    assert (second.day, second.clocks, second.at_once) == (NOW.date() + timedelta(days=1), 1, 1)
    assert due_days(NOW, NOW + HOUR, zone="America/New_York") == []


def test_what_is_due_late_in_the_evening_is_due_that_day_where_the_insurer_is():
    start("message_reply", utc(2026, 6, 3, 3) - timedelta(hours=24) + timedelta(days=1))
    (day,) = due_days(NOW, NOW + timedelta(days=7), zone="America/New_York")
    assert day.day == NOW.date()
