from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now

from slas.models import CalendarVersion, Clock, Outbox, Sweeper
from slas.operations import enqueue
from slas.queries import HorizonAlarm, database_now, health, horizon_alarms, open_clocks
from slas.sweep import SET_ASIDE
from tests.slas.calendars import utc
from tests.slas.clocks import acting, clocks_of, complete, open_one, start

pytestmark = pytest.mark.django_db
MONDAY = utc(2026, 6, 1, 14)
AT_ONE = timedelta(0)


def test_the_time_is_that_of_the_database():
    assert abs(database_now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_open_clocks_come_by_due_date_in_one_query(django_assert_num_queries):
    matter, other, bare = (open_one(MONDAY) for _ in range(3))
    for kind in ("resolve", "acknowledge"):
        start(kind, MONDAY, track="standard", matter=matter)
    start("resolve", MONDAY, track="standard", matter=other)
    complete(start("message_reply", MONDAY, matter=other), MONDAY)

    with django_assert_num_queries(1):
        found = open_clocks([matter.pk, other.pk, bare.pk])
    assert {pk: [clock.kind for clock in clocks] for pk, clocks in found.items()} == {
        matter.pk: ["acknowledge", "resolve"],
        other.pk: ["resolve"],
    }
    assert [clock.kind for clock in clocks_of(other.pk)] == ["message_reply", "resolve"]


def test_an_engine_at_rest_is_healthy(django_assert_num_queries):
    now = database_now()
    with django_assert_num_queries(7):
        found = health(now, AT_ONE)

    assert (found.armed, found.overdue_unfired, found.outbox_unsettled, found.outbox_dead) == (0, 0, 0, 0)
    assert (found.oldest_overdue, found.heartbeat_age) == (None, None)
    assert (found.oldest_unanswered, found.oldest_unsettled) == (None, None)


def test_health_is_seen_from_outside_so_that_a_dead_sweeper_cannot_call_itself_well():
    now = database_now()
    start("message_reply", now)
    late = start("message_reply", now)
    Clock.objects.filter(pk=late.pk).update(next_fire_at=now - timedelta(seconds=7))
    aside = start("message_reply", now)
    Clock.objects.filter(pk=aside.pk).update(next_fire_at=SET_ASIDE)
    Sweeper.objects.create(who="w1", seen_at=now - timedelta(seconds=3), max_lag=timedelta(0))
    Sweeper.objects.create(who="w2", seen_at=now - timedelta(days=3), max_lag=timedelta(0))
    with acting(now) as this:
        for key in ("waits", "failed", "died", "done"):
            enqueue(this=this, matter_id=late.matter_id, key=key, topic="test", payload={})
    Outbox.objects.filter(key="died").update(dead_at=Now())
    Outbox.objects.filter(key="done").update(settled_at=Now())
    Outbox.objects.filter(key="waits").update(created_at=now - timedelta(minutes=1))
    Outbox.objects.filter(key="failed").update(created_at=now - timedelta(minutes=9), fault="SMTPConnectError")

    found = health(now, AT_ONE)
    assert (found.armed, found.set_aside, found.overdue_unfired) == (3, 1, 1)
    assert found.oldest_overdue == timedelta(seconds=7)
    assert found.heartbeat_age == timedelta(seconds=3)
    assert (found.outbox_unsettled, found.outbox_dead) == (2, 1)
    assert (found.oldest_unanswered, found.oldest_unsettled) == (timedelta(minutes=1), timedelta(minutes=9))


def test_a_breach_is_visible_with_no_sweeper_running():
    clock = start("message_reply", MONDAY)

    assert not clock.is_breached(MONDAY + timedelta(hours=24))
    assert clock.is_breached(MONDAY + timedelta(hours=24, microseconds=1))
    assert complete(clock, MONDAY + timedelta(hours=25)).is_breached(MONDAY)


def test_a_calendar_that_ends_is_an_alarm_400_days_ahead(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert horizon_alarms(utc(2029, 11, 26)) == []
    alarms = horizon_alarms(utc(2029, 11, 27))

    assert HorizonAlarm("house", date(2030, 12, 31), 399) in alarms
    assert str(alarms[0]) == (
        "calendar au ends on 2030-12-31, in 399 days; review the years after it and publish them as its next version"
    )


def test_the_newest_version_of_a_calendar_says_when_it_ends():
    row = CalendarVersion.objects.get(calendar="us-ct")
    row.pk, row.version, row.effective_from, row.last_on = uuid4(), 9, date(2029, 1, 1), date(2035, 12, 31)
    row.save(force_insert=True)

    assert "us-ct" not in {alarm.calendar for alarm in horizon_alarms(utc(2029, 11, 27))}


def test_health_counts_the_days_of_the_calendars_that_obligations_count_by():
    assert health(utc(2030, 12, 1), AT_ONE).calendar_horizon_days == 30


def test_a_monitor_with_the_token_reads_the_days_left_in_the_calendars(client, settings):
    settings.METRICS_TOKEN = "a token of the test"
    told = client.get("/health/deadlines", headers={"Authorization": "Bearer a token of the test"}).json()
    left = told["calendar_horizon_days"]

    assert left == (date(2030, 12, 31) - database_now().date()).days
