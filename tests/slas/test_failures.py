"""What happens when a part fails at a bad moment. `make chaos` tries it at random; here it is exact."""

from contextlib import suppress
from queue import Empty

import pytest
from celery import Celery
from django.db.models.functions import Now

from slas import outbox
from slas.models import Firing, Matter, Outbox
from slas.operations import enqueue
from slas.outbox import handles
from slas.queries import database_now
from slas.tasks import settle_envelope, tick
from slas.timer import Relay
from tests.slas.clocks import HOUR, acting, firings, open_one, start, started_so_that_it_is_due_in
from tests.slas.workers import APART, Worker, broker_url, wait_for

pytestmark = pytest.mark.usefixtures("committed")
QUEUE = "failures-test"


class Killed(BaseException):
    """What ends a process here, as kill -9 would."""


class DiesAfterSending(Celery):
    """An app in whose process the relay is killed when the message is out and the row is not marked yet."""

    def send_task(self, *args, **options):
        super().send_task(*args, **options)
        raise Killed


@pytest.fixture
def app():
    """Return an app whose messages wait until the test takes them."""
    made = Celery("failures", broker=broker_url(APART), set_as_current=False)
    made.conf.task_default_queue = QUEUE
    yield made
    flush(made)
    made.close()


@pytest.fixture
def happened(monkeypatch):
    """Ask for one effect; return how often it happened."""
    keys = []
    monkeypatch.setattr(outbox, "_handlers", dict(outbox._handlers))
    handles("counted")(lambda _matter, key, _payload: keys.append(key))
    now = database_now()
    matter = open_one(now)
    with acting(now) as this:
        enqueue(this=this, matter_id=matter.pk, key="once", topic="counted", payload={})
    return keys


def flush(app):
    with app.connection_for_write() as broker:
        broker.default_channel.queue_purge(QUEUE)


def relay_once(app):
    relay = Relay(app)
    with relay.connect() as conn:
        relay.turn(conn)


def deliver(app):
    """Settle every envelope that waits, as a worker would. Return how many there were."""
    taken = 0
    with app.connection_for_read() as broker, broker.SimpleQueue(QUEUE) as queue, suppress(Empty):
        while True:
            message = queue.get_nowait()
            settle_envelope(*message.payload[0])
            message.ack()
            taken += 1
    return taken


def test_a_relay_killed_between_sending_and_marking_sends_twice_and_it_happens_once(app, happened):
    dying = DiesAfterSending("dying", broker=app.conf.broker_url, set_as_current=False)
    dying.conf.task_default_queue = QUEUE
    with pytest.raises(Killed):
        relay_once(dying)
    assert Outbox.objects.get().attempts == 0
    relay_once(app)

    assert deliver(app) == 2
    assert happened == ["once"]


def test_a_message_that_a_flush_of_the_broker_lost_is_sent_again(app, happened):
    relay_once(app)
    flush(app)
    relay_once(app)
    assert (deliver(app), happened) == (0, [])

    Outbox.objects.update(next_try_at=Now())  # the time after which it is tried again is over
    relay_once(app)
    assert (deliver(app), happened) == (1, ["once"])
    assert Outbox.objects.get().attempts == 2


def test_a_worker_killed_in_the_midst_of_an_effect_leaves_nothing_half_done(app, happened):
    def half(matter_id, key, payload):  # noqa: ARG001 -- the outbox passes all three
        Matter.objects.filter(pk=matter_id).update(kind="half done")
        raise Killed

    handles("counted")(half)
    relay_once(app)
    with pytest.raises(Killed):
        deliver(app)
    assert Outbox.objects.get().settled_at is None
    assert Matter.objects.get().kind == "drill"

    handles("counted")(lambda _matter, key, _payload: happened.append(key))
    Outbox.objects.update(next_try_at=Now())
    relay_once(app)
    deliver(app)
    assert happened == ["once"]


def test_two_beats_beside_a_sweeper_double_nothing():
    now = database_now()
    clock = start("message_reply", now - 25 * HOUR, at=now - HOUR)
    tick()
    tick()

    assert [code for code, _, suppressed in firings(clock) if not suppressed] == [100]
    assert Outbox.objects.filter(matter_id=clock.matter_id).count() == 1


def test_a_worker_whose_broker_is_away_from_the_start_fires_in_time_all_the_same(tmp_path):
    worker = Worker("lonely@test", REDIS_URL=f"unix://{tmp_path / 'nobody'}?db=0")
    try:
        wait_for(lambda: "slas-sweeper: connected" in worker.output(), 60, worker.output)
        clock = started_so_that_it_is_due_in(HOUR / 3600)
        wait_for(lambda: Firing.objects.filter(clock_id=clock.id, code=100).exists(), 20, worker.output)
    finally:
        worker.kill()
        worker.log.close()

    breach = Firing.objects.get(clock_id=clock.id, code=100)
    assert HOUR * 0 <= breach.fired_at - breach.scheduled_for < HOUR / 1800
    assert set(Outbox.objects.values_list("attempts", "settled_at")) == {(0, None)}
