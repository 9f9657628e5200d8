"""What a monitor is told about deadlines, on the real engine."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from slas.models import Clock, FoldCheck, Outbox, Sweeper
from slas.operations import enqueue
from slas.queries import database_now
from slas.sweep import SET_ASIDE
from tests.slas.clocks import acting, start

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TOKEN = "a token of the test"


@pytest.fixture
def ask(client, settings):
    """Return a function that asks as a monitor with the token does, while a sweeper lives."""
    settings.METRICS_TOKEN = TOKEN

    def asked(*, silent_for=timedelta(0)):
        seen_at = database_now() - silent_for
        Sweeper.objects.update_or_create(who="w1", defaults={"seen_at": seen_at, "max_lag": timedelta(0)})
        answer = client.get("/health/deadlines", headers={"Authorization": f"Bearer {TOKEN}"})
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
    assert (status, told["armed"], told["outbox_unsettled"], told["wrong"]) == (200, 1, 1, [])


@pytest.mark.parametrize("token", ["", TOKEN])
@pytest.mark.parametrize("header", [None, "", "Bearer ", "Bearer another", f"Basic {TOKEN}"])
def test_without_the_token_it_tells_the_codes_of_what_is_wrong_and_no_figure(client, settings, token, header):
    settings.METRICS_TOKEN = token
    effect(age=MINUTE, dead_at=database_now())
    answer = client.get("/health/deadlines", headers={"Authorization": header} if header is not None else {})
    assert (answer.status_code, set(answer.json())) == (503, {"wrong"})
    assert "effects_given_up" in answer.json()["wrong"]


@pytest.mark.parametrize("page", ["live", "ready", "deadlines"])
def test_an_answer_is_of_this_moment_and_asking_is_all_that_can_be_done(client, page):
    assert "no-store" in client.get(f"/health/{page}")["Cache-Control"]
    assert client.head(f"/health/{page}").status_code in {200, 503}
    assert client.post(f"/health/{page}").status_code == 405


def test_without_any_sweeper_it_is_an_alarm(client):
    answer = client.get("/health/deadlines")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["no_sweeper"])


@pytest.mark.parametrize(("seconds", "status", "wrong"), [(25, 200, []), (35, 503, ["no_sweeper"])])
def test_a_sweeper_that_stopped_is_an_alarm(ask, seconds, status, wrong):
    found = ask(silent_for=timedelta(seconds=seconds))
    assert (found[0], found[1]["wrong"]) == (status, wrong)


@pytest.mark.parametrize(("seconds", "status", "wrong"), [(55, 200, []), (65, 503, ["overdue_unfired"])])
def test_a_threshold_that_is_due_and_unfired_is_an_alarm_after_a_minute(ask, seconds, status, wrong):
    clock = start("message_reply", database_now())
    Clock.objects.filter(pk=clock.pk).update(next_fire_at=database_now() - timedelta(seconds=seconds))
    found = ask()
    assert (found[0], found[1]["overdue_unfired"], found[1]["wrong"]) == (status, 1, wrong)


@pytest.mark.parametrize(("misfolded", "status", "wrong"), [(0, 200, []), (2, 503, ["misfolded"])])
def test_a_clock_that_is_not_what_its_events_say_is_an_alarm(ask, misfolded, status, wrong):
    FoldCheck.objects.create(began_at=database_now(), clocks=9, misfolded=9)
    FoldCheck.objects.create(began_at=database_now(), ended_at=Now() + MINUTE, clocks=9, misfolded=misfolded)
    found = ask()
    assert (found[0], found[1]["misfolded"], found[1]["wrong"]) == (status, misfolded, wrong)


def test_what_can_wait_until_morning_is_named_and_no_alarm(ask):
    FoldCheck.objects.create(began_at=database_now(), ended_at=Now() - timedelta(days=3), clocks=9, misfolded=0)
    Sweeper.objects.create(who="w2", seen_at=database_now(), max_lag=timedelta(0), conflicts=1)
    status, told = ask()
    assert (status, told["wrong"]) == (200, ["fold_check_missing", "conflicts"])


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
