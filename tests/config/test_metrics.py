"""What Prometheus is told, and who may ask."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from prometheus_client.parser import text_string_to_metric_families

from members.audit.models import Event
from slas.models import Clock, Firing, FoldCheck, Outbox, Sweeper
from slas.operations import enqueue
from slas.queries import TROUBLE_CODES, database_now
from tests.slas.clocks import acting, start

pytestmark = pytest.mark.django_db
TOKEN = "a token of the test"


@pytest.fixture
def scrape(client, settings):
    """Return a function that asks as Prometheus does and returns the samples by name and labels."""
    settings.METRICS_TOKEN = TOKEN

    def scraped():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert "no-store" in answer["Cache-Control"]
        families = list(text_string_to_metric_families(answer.content.decode()))
        assert all(family.documentation and family.type == "gauge" for family in families)
        return {
            (sample.name.removeprefix("redress_"), *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }

    return scraped


def fired(clock, *, late, at, code=50, **columns):
    """Write a row of the ledger that came so late, of a revision of the clock that nobody looks up."""
    row = {"scheduled_for": at - late, "fired_at": at, "suppressed": False, "sweeper": "w1"} | columns
    Firing.objects.create(matter_id=clock.matter_id, clock_id=clock.id, epoch=1, code=code, clock_rev=2, **row)


def test_an_engine_at_rest_tells_everything_it_can(scrape):
    found = scrape()
    assert found["clocks_armed",] == found["clocks_overdue_unfired",] == found["outbox_dead",] == 0
    assert found["deadlines_kept",] == 0
    assert found["trouble", "no_sweeper"] == 1
    assert {key[1] for key in found if key[0] == "trouble"} == set(TROUBLE_CODES)
    assert ("sweeper_heartbeat_age_seconds",) not in found
    assert ("fold_check_age_seconds",) not in found
    assert not [key for key in found if key[0] == "fire_lag_seconds"]
    assert abs(found["database_clock_offset_seconds",]) < 5


def test_each_figure_of_a_busy_engine_has_its_name_and_unit(scrape):
    now = database_now()
    clock = start("message_reply", now - timedelta(hours=20), at=now - timedelta(hours=20))
    Clock.objects.filter(pk=clock.pk).update(next_fire_at=now - timedelta(seconds=90))
    fired(clock, late=timedelta(seconds=2), at=now - timedelta(minutes=1))
    fired(clock, late=timedelta(seconds=4), at=now - timedelta(minutes=30), code=80)
    fired(clock, late=timedelta(days=9), at=now - timedelta(minutes=1), code=90, suppressed=True)
    with acting(now) as this:
        for key in ("waits", "dead"):
            enqueue(this=this, matter_id=clock.matter_id, key=key, topic="test", payload={})
    Outbox.objects.filter(key="dead").update(dead_at=now)
    Outbox.objects.filter(key="waits").update(created_at=now - timedelta(minutes=2))
    Sweeper.objects.create(who="w1", seen_at=now - timedelta(seconds=3), max_lag=timedelta(0), conflicts=2)
    FoldCheck.objects.create(began_at=now, ended_at=now - timedelta(hours=1), clocks=5, misfolded=1)

    found = scrape()
    assert found["deadlines_kept",] == 0
    assert {key[1] for key, value in found.items() if key[0] == "trouble" and value} == {
        "overdue_unfired",
        "effects_given_up",
        "misfolded",
        "conflicts",
    }
    assert found["clocks_oldest_overdue_seconds",] == pytest.approx(90, abs=5)
    assert found["sweeper_heartbeat_age_seconds",] == pytest.approx(3, abs=5)
    assert [found["fire_lag_seconds", percentile, "5m"] for percentile in ("50", "95", "99", "100")] == [2.0] * 4
    assert (found["fire_lag_seconds", "50", "1h"], found["fire_lag_seconds", "100", "1h"]) == (3.0, 4.0)
    assert (found["firings_last_hour", "50", "fired"], found["firings_last_hour", "90", "suppressed"]) == (1, 1)
    assert (found["firing_conflicts",], found["outbox_unsettled",], found["outbox_dead",]) == (2, 1, 1)
    assert found["outbox_oldest_unanswered_seconds",] == pytest.approx(120, abs=5)
    assert found["fold_check_misfolded_clocks",] == 1
    assert found["fold_check_age_seconds",] == pytest.approx(3600, abs=5)


def test_a_scrape_asks_a_fixed_number_of_queries_and_leaves_no_trace(scrape, django_assert_num_queries):
    for _ in range(3):
        start("message_reply", database_now())
    events = Event.objects.count()
    with django_assert_num_queries(18):
        scrape()
    assert (Event.objects.count(), Session.objects.count()) == (events, 0)


def test_it_holds_counts_and_codes_and_nothing_that_names_a_matter(client, settings):
    settings.METRICS_TOKEN = TOKEN
    clock = start("message_reply", database_now())
    fired(clock, late=timedelta(0), at=database_now())
    Sweeper.objects.create(who="celery@secret-host", seen_at=database_now(), max_lag=timedelta(0))
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert str(clock.matter_id) not in text
    assert str(clock.id) not in text
    assert "secret-host" not in text


@pytest.mark.parametrize(
    "header", [None, "", TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"]
)
def test_without_the_token_it_tells_how_to_show_it_and_nothing_else(
    client, settings, header, django_assert_num_queries
):
    settings.METRICS_TOKEN = TOKEN
    with django_assert_num_queries(0):
        answer = client.get("/metrics", headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
    assert b"redress_" not in answer.content


def test_without_the_setting_there_is_no_such_page(client, settings):
    settings.METRICS_TOKEN = ""
    for header in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {uuid4()}"}):
        assert client.get("/metrics", headers=header).status_code == 404


def test_each_alert_rule_asks_for_a_metric_that_there_is_and_has_its_row_in_the_instructions(client, settings):
    settings.METRICS_TOKEN = TOKEN
    now = database_now()
    Sweeper.objects.create(who="w1", seen_at=now, max_lag=timedelta(0))
    FoldCheck.objects.create(began_at=now, clocks=1, misfolded=0)
    fired(start("message_reply", now), late=timedelta(0), at=now)
    told = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    rules = (settings.BASE_DIR / "docs" / "alerts.rules.yml").read_text()
    instructions = (settings.BASE_DIR / "docs" / "alerts.md").read_text()

    asked = set(re.findall(r"redress_\w+", rules))
    assert {name for name in asked if f"\n{name}" not in told} == set()
    alerts = re.findall(r"- alert: (\w+)", rules)
    assert {alert for alert in alerts if f"\n| {alert} |" not in instructions} == set()
    assert {code for code in TROUBLE_CODES if f"| `{code}` |" not in instructions} == set()
