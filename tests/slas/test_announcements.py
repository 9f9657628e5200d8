"""Firings are announced to whoever listens, once for each action."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from slas.models import Outbox
from slas.outbox import FIRED, forget_settled, settle
from slas.queries import database_now
from slas.signals import clock_breached, clock_warned
from slas.sweep import fire_everything
from slas.tasks import prune, settle_envelope, tick
from tests.slas.clocks import complete, firings, start
from tests.slas.effects import MONDAY, Refused, ask, row, take

pytestmark = pytest.mark.usefixtures("own_topics")
ENVELOPE_QUERIES = 6  # savepoint, settle, clocks, their policies, the time, release


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
