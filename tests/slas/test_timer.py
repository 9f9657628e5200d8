"""The timer's two threads, turn by turn, on connections of their own."""

import threading
import time
from contextlib import suppress
from datetime import timedelta
from queue import Empty

import psycopg
import pytest
from celery import Celery
from django.db import connection
from kombu.exceptions import OperationalError

from slas.models import Clock, Firing, Outbox, Sweeper
from slas.operations import enqueue
from slas.queries import database_now
from slas.relay import ENVELOPE
from slas.sweep import BATCH
from slas.timer import LOOK_AHEAD, POLL, Relay
from slas.timer import Sweeper as SweeperThread
from tests.slas.clocks import acting, firings, fresh, malformed_actions, open_one, start, started_so_that_it_is_due_in
from tests.slas.workers import APART, broker_url, wait_for

pytestmark = pytest.mark.usefixtures("committed")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def relay():
    """Return a relay whose messages nobody consumes."""
    app = Celery("drill", broker=broker_url(APART), set_as_current=False)
    app.conf.task_default_queue = "timer-test"
    yield Relay(app)
    with app.connection_for_write() as broker:
        broker.default_channel.queue_purge("timer-test")
    app.close()


@pytest.fixture
def sweeper(relay):
    return SweeperThread("drill", relay)


@pytest.fixture
def conn(sweeper):
    with sweeper.connect() as conn:
        yield conn


def messages(relay):
    """Return the envelopes that wait at the broker, each as a list of keys."""
    found = []
    with relay.app.connection_for_read() as broker, broker.SimpleQueue("timer-test") as queue, suppress(Empty):
        while True:
            message = queue.get_nowait()
            found.append(message.payload[0][1])
            message.ack()
    return found


def test_a_turn_fires_what_is_due_wakes_the_relay_and_looks_again_at_once(sweeper, conn):
    clock = started_so_that_it_is_due_in(-MINUTE)

    assert sweeper.turn(conn) == 0
    assert sweeper.relay.wake.is_set()
    assert [code for code, _, suppressed in firings(clock) if not suppressed] == [100]
    assert sweeper.turn(conn) == LOOK_AHEAD


def test_an_idle_turn_sleeps_exactly_to_the_next_instant_but_never_long(sweeper, conn):
    clock = started_so_that_it_is_due_in(timedelta(hours=1))
    sweeper.turn(conn)
    Clock.objects.filter(pk=clock.pk).update(next_fire_at=database_now() + timedelta(seconds=0.3))

    assert 0.1 < sweeper.turn(conn) < 0.3


def test_the_first_turn_is_a_full_one_and_later_ones_leave_old_rows_alone_for_a_while(sweeper, conn):
    sweeper.turn(conn)
    now = database_now()
    old = started_so_that_it_is_due_in(timedelta(hours=1))
    Clock.objects.filter(pk=old.pk).update(next_fire_at=now - 5 * MINUTE)  # as after a long lock

    assert sweeper.turn(conn) == LOOK_AHEAD
    sweeper.full_due = time.monotonic()
    assert sweeper.turn(conn) == 0
    assert fresh(old).next_seq == 3


def test_a_clock_that_a_user_holds_for_long_is_skipped_and_taken_by_the_next_full_pass(sweeper, conn):
    sweeper.turn(conn)
    clock = started_so_that_it_is_due_in(timedelta(hours=1))
    Clock.objects.filter(pk=clock.pk).update(next_fire_at=database_now() - 5 * MINUTE)
    with psycopg.connect(**connection.get_connection_params()) as user:
        user.execute("SELECT FROM slas_clock WHERE id = %s FOR NO KEY UPDATE", [clock.id])
        sweeper.full_due = time.monotonic()
        assert sweeper.turn(conn) == LOOK_AHEAD
    assert sweeper.turn(conn) == LOOK_AHEAD  # it is older than the watermark
    assert firings(clock) == []

    sweeper.full_due = time.monotonic()
    assert sweeper.turn(conn) == 0
    assert [code for code, _, suppressed in firings(clock) if not suppressed] == [80]


@pytest.fixture
def standby(monkeypatch):
    """Let every new connection believe that its server is a standby; return what promotes it."""

    def promote():
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS standby CASCADE")

    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA standby")
        cursor.execute("CREATE FUNCTION standby.pg_is_in_recovery() RETURNS bool RETURN true")
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", "-c search_path=standby,pg_catalog,public")
    yield promote
    promote()


def test_a_standby_is_refused_until_it_is_promoted(sweeper, standby, caplog):
    clock = started_so_that_it_is_due_in(-MINUTE)
    with pytest.raises(RuntimeError, match="this is a standby"):
        sweeper.connect()

    sweeper.start()
    try:
        wait_for(lambda: "waiting until it is promoted (fault 1)" in caplog.text, 10)
        assert firings(clock) == []
        standby()
        wait_for(lambda: firings(clock), 10)
    finally:
        sweeper.halt()
        sweeper.join(10)


def test_a_storm_doubles_the_batch_until_it_is_over(sweeper, conn):
    clocks = BATCH + 10
    row = started_so_that_it_is_due_in(-MINUTE)
    copy_clock(row, clocks)

    sweeper.turn(conn)
    assert sweeper.size == 2 * BATCH
    sweeper.turn(conn)
    assert sweeper.size == BATCH
    assert Firing.objects.filter(suppressed=False).count() == clocks + 1


def copy_clock(row, number):
    names = [field.column for field in Clock._meta.local_concrete_fields if field.column not in {"id", "kind"}]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO slas_clock (id, kind, {', '.join(names)}) "  # noqa: S608 -- our own column names
            f"SELECT gen_random_uuid(), 'kind' || n, {', '.join(names)} FROM slas_clock, generate_series(1, %s) n "
            "WHERE id = %s",
            [number, row.id],
        )


def test_each_sign_of_life_tells_the_last_full_pass_and_the_longest_lag(sweeper, conn):
    started_so_that_it_is_due_in(-MINUTE)
    sweeper.turn(conn)
    pulse = Sweeper.objects.get(who="drill")

    assert pulse.full_at <= pulse.seen_at
    assert pulse.max_lag > MINUTE
    assert database_now() - pulse.seen_at < timedelta(seconds=5)


def test_what_the_ledger_refuses_to_hold_twice_is_counted_in_the_signs_of_life(sweeper, conn):
    clock = started_so_that_it_is_due_in(-MINUTE)
    sweeper.turn(conn)
    Clock.objects.filter(pk=clock.pk).update(next_seq=3, next_fire_at=clock.due_at)  # as a careless hand would
    for _ in range(2):
        sweeper.beat_due = sweeper.full_due = 0
        sweeper.turn(conn)

    assert Sweeper.objects.get(who="drill").conflicts == 1
    assert len(firings(clock)) == 3


def test_a_database_clock_that_steps_back_is_an_alarm_and_fires_nothing_early(sweeper, conn, caplog):
    sweeper.last_seen = database_now() + MINUTE
    clock = started_so_that_it_is_due_in(timedelta(seconds=30))
    sweeper.turn(conn)

    assert "the database clock went back by 0:0" in caplog.text
    assert all(code < 100 for code, _, _ in firings(clock))


def test_a_clock_that_cannot_fire_does_not_stop_the_sweeper(sweeper, conn, caplog):
    healthy = started_so_that_it_is_due_in(-MINUTE)
    now = database_now()
    poisoned = start("capa_plan", now - timedelta(days=60), at=now)

    with malformed_actions(poisoned):
        assert sweeper.turn(conn) == 0
    assert len(firings(healthy)) == 3
    assert "is set aside: InvalidParameterValue" in caplog.text
    assert sweeper.turn(conn) == LOOK_AHEAD


def ask(*keys):
    now = database_now()
    matter = open_one(now)
    with acting(now) as this:
        for key in keys:
            enqueue(this=this, matter_id=matter.pk, key=key, topic="test", payload={})


def test_the_relay_sends_envelopes_of_keys(relay, conn):
    ask(*(f"key{n}" for n in range(ENVELOPE + 1)))

    assert relay.turn(conn) == 0
    assert relay.turn(conn) == POLL
    assert relay.turn(conn) == POLL
    assert [len(keys) for keys in messages(relay)] == [ENVELOPE, 1]
    assert set(Outbox.objects.values_list("attempts", flat=True)) == {1}


def test_a_broker_that_is_away_costs_no_attempt(conn):
    ask("a")
    away = Celery("away", broker="redis://127.0.0.1:1/0", set_as_current=False)
    away.conf.broker_transport_options = {"max_retries": 1, "interval_start": 0, "interval_step": 0}
    with pytest.raises(OperationalError):
        Relay(away).turn(conn)

    assert Outbox.objects.get().attempts == 0
    assert Outbox.objects.get().published_at is None


def test_a_thread_outlives_the_loss_of_its_database_connection(sweeper, caplog):
    sweeper.start()
    try:
        wait_for(Sweeper.objects.exists, 10)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'slas-sweeper' AND datname = current_database()"
            )
        clock = started_so_that_it_is_due_in(-MINUTE)
        wait_for(lambda: firings(clock), 10)
    finally:
        sweeper.halt()
        sweeper.join(10)

    assert not sweeper.is_alive()
    assert "slas-sweeper: AdminShutdown" in caplog.text


def test_a_halt_ends_a_thread_at_once(relay):
    relay.start()
    relay.halt()
    relay.join(5)

    assert relay not in threading.enumerate()


def test_the_threads_connect_like_django_but_in_sessions_of_their_own(conn):
    (name, limit, idle, database) = conn.execute(
        "SELECT current_setting('application_name'), current_setting('statement_timeout'), "
        "current_setting('idle_in_transaction_session_timeout'), current_database()"
    ).fetchone()

    assert (name, limit, idle) == ("slas-sweeper", "5s", "30s")
    assert database == connection.settings_dict["NAME"]
    assert conn.autocommit
    assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
