"""The firing statement on a real PostgreSQL. Time is an argument; nothing sleeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, connections

from slas.models import Clock, Firing, Outbox
from slas.sweep import SET_ASIDE, fire_due, fire_everything, fire_one_by_one
from slas.tasks import prune
from tests.slas.calendars import utc
from tests.slas.clocks import acting, complete, firings, fresh, malformed_actions, open_one, outbox_keys, start
from tests.slas.workers import wait_for

MONDAY = utc(2026, 6, 1, 14)
SECOND = timedelta(seconds=1)


def sweep(now, **options):
    with connection.cursor() as cursor:
        return fire_due(cursor, now=now, who="test", **options)


def sweep_all(now):
    with connection.cursor() as cursor:
        return fire_everything(cursor, now=now, who="test")


@pytest.mark.django_db
def test_nothing_fires_early_and_each_threshold_fires_once_with_its_actions():
    clock = start("message_reply", MONDAY)
    half, eighty, due = (MONDAY + timedelta(hours=hours) for hours in (12, 19.2, 24))

    assert sweep(half - timedelta(microseconds=1)).taken == 0
    assert sweep(half).taken == 1
    assert sweep(half).taken == 0
    assert fresh(clock).next_fire_at == eighty
    assert (sweep_all(eighty), sweep_all(due), sweep_all(due + timedelta(days=9))) == (1, 1, 0)
    assert firings(clock) == [(50, half, False), (80, eighty, False), (100, due, False)]
    assert outbox_keys(clock) == [
        "1:100:notify_lead",
        "1:100:notify_owner",
        "1:100:raise_priority",
        "1:50:notify_owner",
        "1:80:notify_owner",
    ]
    assert fresh(clock).next_fire_at is None
    assert fresh(clock).is_breached(due + SECOND)


@pytest.mark.django_db
def test_the_effect_of_a_firing_tells_what_fired_and_for_when():
    clock = start("message_reply", MONDAY)
    sweep_all(MONDAY + timedelta(hours=12))

    (effect,) = Outbox.objects.all()
    assert (effect.topic, effect.attempts) == ("sla.fired", 0)
    assert effect.payload == {
        "clock": str(clock.id),
        "epoch": 1,
        "code": 50,
        "at": "2026-06-02T02:00:00+00:00",
        "actions": ["notify_owner"],
    }


@pytest.mark.django_db
def test_after_an_outage_only_the_newest_warning_goes_out_and_every_breach():
    warned, breached = start("message_reply", MONDAY), start("message_reply", MONDAY)
    complete(breached, MONDAY)
    breached = start("message_reply", MONDAY - timedelta(days=3))
    sweep_all(MONDAY + timedelta(hours=20))

    assert [(code, suppressed) for code, _, suppressed in firings(warned)] == [(50, True), (80, False)]
    assert outbox_keys(warned) == ["1:80:notify_owner"]
    assert [(code, suppressed) for code, _, suppressed in firings(breached)] == [(50, True), (80, True), (100, False)]
    assert fresh(warned).next_fire_at == MONDAY + timedelta(hours=24)


@pytest.mark.django_db
def test_the_pass_tells_how_late_it_was_and_what_comes_next():
    start("message_reply", MONDAY)
    later = start("message_reply", MONDAY + timedelta(hours=1))
    found = sweep(MONDAY + timedelta(hours=12, seconds=3))

    assert (found.taken, found.lag, found.upcoming) == (1, 3 * SECOND, later.next_fire_at)


@pytest.mark.django_db
def test_the_watermark_leaves_old_rows_to_the_full_pass():
    start("message_reply", MONDAY)
    now = MONDAY + timedelta(hours=12, minutes=5)

    assert sweep(now, low=now - timedelta(seconds=60)).taken == 0
    assert sweep(now).taken == 1


@pytest.mark.django_db
def test_a_pass_takes_no_more_than_its_batch():
    for _ in range(5):
        start("message_reply", MONDAY)

    assert [sweep(MONDAY + timedelta(hours=12), n=2).taken for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.django_db
def test_a_paused_an_ended_and_a_met_clock_do_not_fire():
    complete(start("message_reply", MONDAY), MONDAY + timedelta(hours=1))

    assert sweep_all(MONDAY + timedelta(days=9)) == 0


@pytest.mark.django_db
def test_a_firing_that_a_failover_forgot_is_made_again_under_the_same_keys():
    clock = start("message_reply", MONDAY)
    sweep_all(MONDAY + timedelta(hours=12))
    Firing.objects.all().delete()  # lost with the last commits, while the effect had gone out
    Clock.objects.filter(pk=clock.pk).update(next_seq=1, next_fire_at=clock.next_fire_at)
    sweep_all(MONDAY + timedelta(hours=12))

    assert outbox_keys(clock) == ["1:50:notify_owner"]
    assert firings(clock) == [(50, MONDAY + timedelta(hours=12), False)]


@pytest.mark.usefixtures("committed")
def test_a_sweeper_that_dies_before_it_commits_has_fired_nothing():
    clock = start("message_reply", MONDAY)
    dying = psycopg.connect(**connections["default"].get_connection_params())
    assert fire_due(dying.cursor(), now=MONDAY + timedelta(hours=24), who="dying").taken == 1
    dying.close()

    assert firings(clock) == []
    assert wait_for(lambda: sweep_all(MONDAY + timedelta(hours=24)), 5) == 1  # once the server sees it is gone
    assert {row.sweeper for row in Firing.objects.all()} == {"test"}


@pytest.mark.usefixtures("committed")
def test_a_clock_that_somebody_holds_is_skipped_and_taken_later():
    held, free = start("message_reply", MONDAY), start("message_reply", MONDAY)
    with psycopg.connect(**connections["default"].get_connection_params()) as other:
        other.execute("SELECT 1 FROM slas_clock WHERE id = %s FOR NO KEY UPDATE", [held.id])
        assert sweep_all(MONDAY + timedelta(hours=12)) == 1
        assert (firings(held), len(firings(free))) == ([], 1)

    assert sweep_all(MONDAY + timedelta(hours=12)) == 1


@pytest.mark.usefixtures("committed")
def test_two_sweepers_at_once_fire_everything_exactly_once():
    clocks = 300
    matter_of = [open_one(MONDAY) for _ in range(3)]
    with acting(MONDAY) as this:
        row = start("message_reply", MONDAY)
        copies = [copy_of(row, matter.pk, number) for number in range(clocks // 3) for matter in matter_of]
        this.add(*copies)
    now = MONDAY + timedelta(hours=24)

    with ThreadPoolExecutor(2) as pool:
        taken = sum(pool.map(sweep_as, ["one", "two"], [now, now]))

    assert taken == clocks + 1
    assert Firing.objects.count() == 3 * (clocks + 1)
    assert Firing.objects.filter(suppressed=False).count() == clocks + 1
    assert Outbox.objects.count() == clocks + 1


def copy_of(row, matter_id, number):
    columns = {field.attname: getattr(row, field.attname) for field in Clock._meta.local_concrete_fields}
    del columns["id"]
    return Clock(**columns | {"matter_id": matter_id, "kind": f"kind{number}"})


def sweep_as(who, now):
    with psycopg.connect(**connections["default"].get_connection_params() | {"autocommit": True}) as conn:
        total = 0
        while taken := fire_due(conn.cursor(), now=now, n=20, who=who).taken:
            total += taken
        return total


@pytest.mark.usefixtures("committed")
def test_a_clock_that_cannot_fire_is_set_aside_and_does_not_hold_up_the_others(caplog):
    healthy, poisoned = start("message_reply", MONDAY), start("capa_plan", MONDAY - timedelta(days=60))
    now = MONDAY + timedelta(hours=12)
    with (
        malformed_actions(poisoned),
        psycopg.connect(**connections["default"].get_connection_params() | {"autocommit": True}) as conn,
    ):
        with pytest.raises(psycopg.DataError):
            fire_due(conn.cursor(), now=now, who="test")
        assert fire_one_by_one(conn.cursor(), now=now, who="test") == 1

    assert len(firings(healthy)) == 1
    assert (firings(poisoned), fresh(poisoned).next_fire_at) == ([], SET_ASIDE)
    assert f"clock {poisoned.id}" in caplog.text


@pytest.mark.usefixtures("committed")
def test_what_was_set_aside_is_tried_again_and_fires_once_it_can():
    clock = start("message_reply", MONDAY)
    Clock.objects.filter(id=clock.id).update(next_fire_at=SET_ASIDE)
    prune()
    with connection.cursor() as cursor:
        assert fire_everything(cursor, now=clock.due_at, who="test") == 1
    assert [code for code, *_ in firings(clock)] == [50, 80, 100]


@pytest.mark.usefixtures("committed")
def test_a_fault_that_passes_sets_no_clock_aside():
    """A migration locks a table for longer than a statement may take: that is no clock's fault."""
    clock = start("message_reply", MONDAY)
    params = connections["default"].get_connection_params() | {"autocommit": True}
    with psycopg.connect(**params) as conn, psycopg.connect(**params) as other, other.transaction():
        other.execute("LOCK TABLE slas_outbox")
        conn.execute("SET statement_timeout = '100ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            fire_one_by_one(conn.cursor(), now=clock.due_at, who="test")
    assert fresh(clock).next_fire_at == clock.next_fire_at


@pytest.mark.django_db
def test_an_idle_pass_probes_the_index_of_armed_clocks():
    start("message_reply", MONDAY)
    with connection.cursor() as cursor:
        for other_way in ("seqscan", "bitmapscan", "sort"):  # with so few rows the planner may like any better
            cursor.execute(f"SET LOCAL enable_{other_way} = off")
        cursor.execute(
            "EXPLAIN SELECT 1 FROM slas_clock WHERE next_fire_at >= %s AND next_fire_at <= %s "
            "ORDER BY next_fire_at LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED",
            [MONDAY, MONDAY],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "slas_clock_armed" in plan
    assert "Sort" not in plan
