from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections
from django.db.models.functions import Now

from slas.models import Matter, Outbox
from slas.outbox import bury, handles, note_fault, settle
from slas.queries import database_now
from slas.relay import RESEND, TAKE, TRIES, TRIES_OUTSIDE, take_envelope
from tests.slas.clocks import open_one
from tests.slas.effects import MONDAY, Refused, ask, row, take
from tests.slas.workers import wait_for

pytestmark = pytest.mark.usefixtures("own_topics")


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
