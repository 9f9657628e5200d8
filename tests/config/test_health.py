"""What a monitor is told about deadlines, on the real engine."""

from datetime import timedelta

import pytest

from slas.models import Clock, Outbox, Sweeper
from slas.operations import enqueue
from slas.queries import database_now
from slas.sweep import SET_ASIDE
from tests.slas.clocks import acting, start

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ask(client):
    """Return a function that asks as a monitor does, while a sweeper lives."""

    def asked():
        Sweeper.objects.update_or_create(who="w1", defaults={"seen_at": database_now(), "max_lag": timedelta(0)})
        answer = client.get("/health/deadlines")
        return answer.status_code, answer.json()

    return asked


def effect(*, age, **columns):
    now = database_now()
    clock = start("message_reply", now)
    with acting(now) as this:
        enqueue(this=this, matter_id=clock.matter_id, key="mail", topic="test", payload={})
    Outbox.objects.filter(key="mail").update(created_at=now - age, **columns)
    return clock


def test_with_nothing_stuck_all_is_well(ask):
    effect(age=MINUTE)
    status, told = ask()
    assert (status, told["armed"], told["outbox_unsettled"]) == (200, 1, 1)


def test_a_clock_that_was_set_aside_is_an_alarm(ask):
    clock = start("message_reply", database_now())
    Clock.objects.filter(pk=clock.pk).update(next_fire_at=SET_ASIDE)
    status, told = ask()
    assert (status, told["set_aside"]) == (503, 1)


def test_an_effect_that_nobody_tries_is_an_alarm_after_minutes(ask):
    effect(age=6 * MINUTE, attempts=3)
    status, told = ask()
    assert (status, told["oldest_unanswered"] >= 360) == (503, True)


@pytest.mark.parametrize(("minutes", "status"), [(31, 200), (61, 503)])
def test_an_effect_that_failed_is_an_alarm_once_it_has_failed_for_an_hour(ask, minutes, status):
    effect(age=minutes * MINUTE, attempts=6, fault="SMTPConnectError", next_try_at=database_now() + 30 * MINUTE)
    assert ask()[0] == status


def test_a_dead_letter_is_an_alarm(ask):
    effect(age=MINUTE, dead_at=database_now())
    assert ask()[0] == 503
