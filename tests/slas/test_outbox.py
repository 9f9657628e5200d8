from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from slas import outbox
from slas.models import Matter, Outbox
from slas.operations import enqueue
from slas.outbox import FIRED, bury, forget_settled, handles, note_fault, settle
from slas.queries import database_now
from slas.relay import RESEND, TAKE, TRIES, TRIES_OUTSIDE, take_envelope
from slas.signals import clock_breached, clock_warned
from slas.sweep import fire_everything
from slas.tasks import prune, settle_envelope, tick
from tests.slas.calendars import utc
from tests.slas.clocks import acting, complete, firings, open_one, start
from tests.slas.workers import wait_for

MONDAY = utc(2026, 6, 1, 14)
ENVELOPE_QUERIES = 6  # savepoint, settle, clocks, their policies, the time, release


class Refused(Exception):
    """What a handler raises here."""


@pytest.fixture(autouse=True)
def _own_topics(monkeypatch):
    monkeypatch.setattr(outbox, "_handlers", dict(outbox._handlers))


@pytest.fixture
def calls():
    """Handle topic "inside" and topic "outside"; a payload with "fails" raises after it was noted."""
    made = []

    def handler(matter_id, key, payload):
        made.append((matter_id, key, payload))
        Matter.objects.filter(pk=matter_id).update(kind=f"touched by {key}")
        if payload.get("fails"):
            raise Refused("Mrs. Alvarez is ill")

    handles("inside")(handler)
    handles("outside", in_transaction=False)(handler)
    return made


def ask(key, topic="inside", **payload):
    matter = open_one(MONDAY)
    with acting(MONDAY) as this:
        enqueue(this=this, matter_id=matter.pk, key=key, topic=topic, payload=payload)
    return matter.pk, key


def take(**options):
    with connection.cursor() as cursor:
        return [(UUID(matter_id), key) for matter_id, key in take_envelope(cursor, **options)]


def row(pair):
    return Outbox.objects.get(pk=pair)


def touched(pair):
    return Matter.objects.get(pk=pair[0]).kind


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["inside", "outside"])
def test_an_effect_happens_once_however_often_its_key_arrives(calls, topic):
    pair = ask("a", topic, letter=7)

    assert [settle([pair]), settle([pair]), settle([pair, pair])] == [1, 0, 0]
    assert calls == [(*pair, {"letter": 7})]
    assert row(pair).settled_at is not None
    assert row(pair).claimed_until is None


@pytest.mark.django_db
def test_a_key_whose_row_was_lost_is_ignored(calls):
    assert settle([(open_one(MONDAY).pk, "lost")]) == 0
    assert calls == []


@pytest.mark.django_db
def test_one_that_fails_takes_its_rows_back_and_does_not_hold_up_the_others(calls):
    good, bad, last = ask("good"), ask("bad", fails=True), ask("last")

    assert settle([good, bad, last]) == 2
    assert (touched(good), touched(bad), touched(last)) == ("touched by good", "drill", "touched by last")
    assert row(bad).settled_at is None
    assert len(calls) >= 3


@pytest.mark.django_db
def test_a_fault_is_noted_by_its_class_and_never_by_its_text(calls, caplog):
    pair = ask("bad", "outside", fails=True)
    settle([pair])

    assert row(pair).fault == "Refused"
    assert row(pair).next_try_at > database_now() + timedelta(seconds=4)
    assert row(pair).claimed_until is None
    assert "Alvarez" not in caplog.text
    assert "failed (Refused)" in caplog.text
    assert len(calls) == 1


@pytest.mark.django_db
def test_a_topic_that_nobody_handles_is_a_fault():
    pair = ask("a", "nobody's")
    settle([pair])

    assert row(pair).fault == "HandlerMissing"


@pytest.mark.django_db
def test_after_ten_tries_an_effect_is_a_dead_letter_and_blocks_nothing(calls, caplog):
    pair, good = ask("bad", fails=True), ask("good")
    for _ in range(TRIES):
        Outbox.objects.filter(pk=pair).update(next_try_at=Now())
        assert settle(take()) <= 1

    assert row(pair).attempts == TRIES
    assert row(pair).dead_at is not None
    assert take() == []
    assert settle([pair]) == 0
    assert row(good).settled_at is not None
    assert "bad gave up after 10 tries (Refused)" in caplog.text
    assert calls


@pytest.mark.django_db
def test_each_wait_is_longer_than_the_one_before_up_to_an_hour(calls):
    pair, waits = ask("bad"), []
    for attempts in range(1, TRIES):
        Outbox.objects.filter(pk=pair).update(attempts=attempts)
        note_fault(pair, Refused())
        waits.append(round((row(pair).next_try_at - database_now()).total_seconds()))

    assert waits == [5, 15, 45, 135, 405, 1215, 3600, 3600, 3600]
    assert calls == []


@pytest.mark.django_db
def test_what_kills_its_worker_every_time_is_buried(caplog):
    pair = ask("killer")
    for _ in range(TRIES):
        assert take(resend=timedelta(0)) == [pair]
    assert take() == []

    assert bury() == 1
    assert row(pair).dead_at is not None
    assert "1 effects used up their tries without an answer" in caplog.text


@pytest.mark.django_db
def test_what_reaches_outside_is_tried_for_two_days_before_it_is_a_dead_letter(calls):
    pair, tried_for = ask("mail", "outside", fails=True), timedelta(0)
    while settle(take()) == bury() == 0 and row(pair).dead_at is None:
        tried_for += row(pair).next_try_at - database_now()
        Outbox.objects.filter(pk=pair).update(next_try_at=Now())

    assert timedelta(hours=48) < tried_for < timedelta(hours=49)
    assert (row(pair).dead_at is None, row(pair).attempts, len(calls)) == (False, TRIES_OUTSIDE, TRIES_OUTSIDE)


@pytest.mark.django_db
def test_what_kills_its_worker_after_a_fault_is_buried_too():
    pair = ask("killer", "outside", fails=True)
    Outbox.objects.filter(pk=pair).update(fault="Refused", attempts=TRIES)
    for _ in range(TRIES_OUTSIDE - TRIES):
        assert take(resend=timedelta(0)) == [pair]

    assert (take(), bury()) == ([], 1)


@pytest.mark.django_db
def test_the_relay_hands_out_again_what_was_not_settled_in_time(calls):
    pair = ask("a")

    assert take(resend=timedelta(minutes=2)) == [pair]
    assert take() == []  # it is out
    Outbox.objects.filter(pk=pair).update(next_try_at=Now())
    assert take() == [pair]
    assert row(pair).attempts == 2
    settle([pair])
    Outbox.objects.filter(pk=pair).update(next_try_at=Now())
    assert take() == []
    assert len(calls) == 1


@pytest.mark.django_db
def test_an_envelope_holds_so_many_and_no_more():
    pairs = {ask(f"key{n}") for n in range(5)}

    assert [len(take(n=2)) for _ in range(4)] == [2, 2, 1, 0]
    assert len(pairs) == 5


@pytest.mark.django_db
def test_what_is_due_is_looked_for_once_whatever_plan_the_database_makes():
    """As a subquery of the join it was, at times, looked for anew for each row: an envelope of 2 held 5."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {TAKE}", {"n": 2, "resend": RESEND, "tries": 1, "tries_outside": 1})
        plan = [line for (line,) in cursor.fetchall()]
    [place] = [number for number, line in enumerate(plan) if "LockRows" in line]
    assert "Limit" in plan[place - 1]
    assert "CTE due" in plan[place - 2]


@pytest.mark.django_db
def test_when_patience_ends_what_is_left_is_handed_back_untried(calls):
    slow, inside = ask("slow", "outside"), ask("quick")
    taken = take()

    assert settle(taken, patience=timedelta(0)) == 1
    assert [key for _, key, _ in calls] == ["quick"]
    assert row(inside).settled_at is not None
    assert row(slow).attempts == 0
    assert take() == [slow]


@pytest.mark.usefixtures("committed")
def test_what_waits_for_the_network_runs_in_no_transaction_and_the_rest_in_one():
    seen = {}
    handles("inside")(lambda _matter, _key, _payload: seen.update(inside=connection.in_atomic_block))
    handles("outside", in_transaction=False)(lambda _m, _k, _p: seen.update(outside=connection.in_atomic_block))
    settle([ask("a", "inside"), ask("b", "outside")])

    assert seen == {"inside": True, "outside": False}


@contextmanager
def another_session():
    with psycopg.connect(**connections["default"].get_connection_params()) as session:
        yield session


@pytest.mark.usefixtures("committed")
def test_a_relay_that_dies_before_it_commits_has_handed_out_nothing():
    pair = ask("a")
    dying = psycopg.connect(**connections["default"].get_connection_params())
    assert len(take_envelope(dying.cursor())) == 1
    dying.close()

    assert row(pair).attempts == 0
    assert wait_for(take, 5) == [pair]  # the server needs a moment to see that the client is gone


@pytest.mark.usefixtures("committed")
def test_two_relays_never_hand_out_the_same_row():
    pairs = {ask(f"key{n}") for n in range(4)}
    with another_session() as other:
        first = {(UUID(matter_id), key) for matter_id, key in take_envelope(other.cursor(), n=2)}
        second = set(take())

    assert (len(first), first & second, first | second) == (2, set(), pairs)


@pytest.mark.usefixtures("committed")
def test_an_effect_that_another_worker_is_at_is_left_to_it(calls):
    inside, outside = ask("a", "inside"), ask("b", "outside")
    with another_session() as other:
        other.execute("SELECT 1 FROM slas_outbox WHERE key = 'a' FOR NO KEY UPDATE")
        Outbox.objects.filter(pk=outside).update(claimed_until=database_now() + timedelta(minutes=1))
        assert settle([inside, outside]) == 0
    assert calls == []

    Outbox.objects.filter(pk=outside).update(claimed_until=database_now() - timedelta(seconds=1))  # its worker died
    assert settle([inside, outside]) == 2


@pytest.mark.django_db
def test_a_call_whose_worker_died_in_the_midst_is_free_when_it_is_handed_out_again():
    def die(*_):
        raise SystemExit

    handles("outside", in_transaction=False)(die)
    pair = ask("a", "outside")
    with pytest.raises(SystemExit):
        settle(take())

    assert database_now() < row(pair).claimed_until < row(pair).next_try_at


@pytest.fixture
def heard(monkeypatch):
    """Return what a receiver of the two signals was told; the complaints' own do not listen meanwhile."""
    told = []

    def receive(signal, firings, **_others):
        told.extend((signal, fired) for fired in firings)

    for signal in (clock_warned, clock_breached):
        monkeypatch.setattr(signal, "receivers", [])
        signal.connect(receive, weak=False)
    return told


def sweep_and_settle(now):
    with connection.cursor() as cursor:
        fire_everything(cursor, now=now, who="test")
    return settle(take())


@pytest.mark.django_db
def test_a_firing_is_announced_once_for_each_action(heard):
    clock = start("message_reply", MONDAY)
    sweep_and_settle(MONDAY + timedelta(hours=12))
    sweep_and_settle(MONDAY + timedelta(hours=24))

    signal, said = heard[0]
    assert signal is clock_warned
    assert (said.clock, said.code, said.epoch, said.action) == (clock, 50, 1, "notify_owner")
    assert said.scheduled_for == MONDAY + timedelta(hours=12)
    assert said.key == f"sla:{clock.id}:1:50:notify_owner"
    assert [(signal is clock_breached, said.code, said.action) for signal, said in heard[1:]] == [
        (True, 100, "notify_owner"),
        (True, 100, "notify_lead"),
        (True, 100, "raise_priority"),
    ]


@pytest.mark.django_db
def test_an_envelope_is_announced_in_as_many_queries_for_thirty_firings_as_for_one(heard):
    counts = []
    for number in (1, 30):
        clocks = [start("message_reply", MONDAY) for _ in range(number)]
        with connection.cursor() as cursor:
            fire_everything(cursor, now=MONDAY + timedelta(hours=24), who="test")
        taken = take()
        heard.clear()
        with CaptureQueriesContext(connection) as queries:
            assert settle(taken) == number
        counts.append(len(queries))
        assert {fired.clock for _, fired in heard} == set(clocks)
        with CaptureQueriesContext(connection) as none:
            assert {(fired.clock.policy.obligation, fired.clock.matter.kind) for _, fired in heard} == {
                ("message_reply", "drill")
            }
        assert len(none) == 0

    assert counts == [ENVELOPE_QUERIES, ENVELOPE_QUERIES]


@pytest.mark.django_db
def test_an_action_that_fails_holds_up_neither_the_other_actions_nor_the_other_clocks(heard):
    bad, good = start("message_reply", MONDAY), start("message_reply", MONDAY)

    def fail(firings, **_):
        if any((fired.clock, fired.action) == (bad, "notify_lead") for fired in firings):
            raise Refused

    clock_breached.connect(fail)
    try:
        assert sweep_and_settle(MONDAY + timedelta(hours=24)) == 1
        heard.clear()
        assert settle(take()) == 2  # the actions of the bad one, each in a row of its own
    finally:
        clock_breached.disconnect(fail)

    done = {(row.key.removeprefix("sla:"), row.fault) for row in Outbox.objects.all() if row.settled_at}
    assert done == {
        (f"{good.id}:1:100", ""),
        (f"{bad.id}:1:100", ""),
        (f"{bad.id}:1:100:notify_owner", ""),
        (f"{bad.id}:1:100:raise_priority", ""),
    }
    assert row((bad.matter_id, f"sla:{bad.id}:1:100:notify_lead")).fault == "Refused"


@pytest.mark.django_db
def test_a_firing_whose_clock_is_gone_is_a_fault_of_its_own_row(heard):
    clock = start("message_reply", MONDAY)
    pair = ask("lost", FIRED, clock=str(UUID(int=7)), epoch=1, code=100, at=MONDAY.isoformat(), actions=["notify_lead"])

    assert sweep_and_settle(MONDAY + timedelta(hours=24)) == 1
    assert row(pair).fault == "DoesNotExist"
    assert {fired.clock for _, fired in heard} == {clock}


@pytest.mark.django_db
def test_a_warning_that_was_overtaken_by_the_answer_is_not_announced_but_a_breach_is(heard):
    clock = start("message_reply", MONDAY)
    with connection.cursor() as cursor:
        fire_everything(cursor, now=MONDAY + timedelta(hours=12), who="test")
    complete(clock, MONDAY + timedelta(hours=30))

    assert settle(take()) == 2
    assert [said.code for _, said in heard] == [100, 100, 100]
    assert [code for code, _, suppressed in firings(clock) if not suppressed] == [50, 100]


@pytest.mark.django_db
def test_a_receiver_that_fails_is_told_again(heard):
    def fail(**_):
        raise Refused

    start("message_reply", MONDAY)
    clock_warned.connect(fail)
    try:
        assert sweep_and_settle(MONDAY + timedelta(hours=12)) == 0
    finally:
        clock_warned.disconnect(fail)
    Outbox.objects.update(next_try_at=Now())

    assert settle(take()) == 1
    assert heard[-1][1].code == 50


@pytest.mark.django_db
def test_the_tasks_of_celery_tick_settle_and_prune(heard, calls):
    now = database_now()
    start("message_reply", now - timedelta(hours=25), at=now)
    tick()
    assert take() == []  # a living timer would be at it
    start("message_reply", now - timedelta(hours=25), at=now - timedelta(seconds=6))
    tick()
    pairs = take()
    settle_envelope([str(matter_id) for matter_id, _ in pairs], [key for _, key in pairs])
    assert {said.code for _, said in heard} == {100}

    Outbox.objects.update(settled_at=now - timedelta(days=31))
    kept = ask("kept")
    settle([kept])
    prune()
    assert [row.key for row in Outbox.objects.all()] == ["kept"]
    assert forget_settled(now - timedelta(days=30)) == 0
    assert len(calls) == 1
