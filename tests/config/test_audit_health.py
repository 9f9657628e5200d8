"""Checklist 23: an event that waits for its seal for more than five minutes is an alarm, and so is a stale anchor."""

from datetime import timedelta

import pytest
from django.db import connection

from complaints.tasks import seal_audit
from members.actors import SYSTEM
from members.acts import act
from slas.queries import database_now
from tests.members.audit.conftest import EMPTY
from tests.people import AT

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TOKEN = "a token of the test"


@pytest.fixture(autouse=True)
def anchor(settings, tmp_path):
    settings.METRICS_TOKEN = TOKEN
    settings.AUDIT_ANCHORS = [str(tmp_path / "audit.anchor")]
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    return tmp_path / "audit.anchor"


def write(*, age=timedelta(0)):
    with act(actor=SYSTEM, at=AT) as this:
        this.record("complaint.acknowledged")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_pending SET queued_at = queued_at - %s", [age])


def ask(client):
    answer = client.get("/health/audit", headers={"Authorization": f"Bearer {TOKEN}"})
    return answer.status_code, answer.json()


def test_with_everything_sealed_and_anchored_all_is_well(client):
    write()
    seal_audit()
    status, told = ask(client)
    assert (status, told["wrong"]) == (200, [])
    assert (told["pending"], told["checkpoint"], told["anchored"]) == (0, 1, 1)


@pytest.mark.parametrize(("minutes", "status", "wrong"), [(4.9, 200, []), (5.1, 503, ["unsealed"])])
def test_an_event_that_waits_for_five_minutes_is_an_alarm(client, caplog, minutes, status, wrong):
    write(age=minutes * MINUTE)
    answer, told = ask(client)
    assert (answer, told["wrong"], told["pending"]) == (status, wrong, 1)
    assert ("audit trail is not kept: unsealed" in caplog.text) is bool(wrong)
    metrics = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert f'redress_audit_trouble{{code="unsealed"}} {float(bool(wrong))}' in metrics
    assert f"\nredress_audit_kept {float(not wrong)}" in metrics


def test_the_worker_says_that_it_comes_late_and_mends_it(client, caplog):
    write(age=6 * MINUTE)
    seal_audit()
    assert "not kept in time: unsealed" in caplog.text
    assert ask(client)[0] == 200


def test_a_checkpoint_that_no_anchor_knows_after_five_minutes_is_an_alarm(client, settings, anchor, caplog):
    settings.AUDIT_ANCHORS = [str(anchor), str(anchor / "not a folder")]
    write()
    seal_audit()
    assert "not a folder is not up to date" in caplog.text
    status, told = ask(client)
    assert (status, told["wrong"], told["anchored"]) == (200, [], 0)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER USER")
        before = (database_now() - 6 * MINUTE).isoformat()
        cursor.execute(
            "UPDATE audit_checkpoint SET statement = jsonb_set(statement::jsonb, '{sealed_at}', to_jsonb(%s::text))",
            [before],
        )
    assert ask(client)[1]["wrong"] == ["unanchored"]


def test_an_anchor_that_knows_more_than_the_database_is_an_alarm_at_once(client, caplog):
    write()
    seal_audit()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_leaf, audit_checkpoint")
    assert ask(client)[1]["wrong"] == ["chain_cut"]
    seal_audit()
    assert "it knows checkpoint 1, which the database has not" in caplog.text


def test_without_the_token_it_tells_codes_and_no_figure(client):
    write(age=6 * MINUTE)
    answer = client.get("/health/audit")
    assert (answer.status_code, answer.json()) == (503, {"wrong": ["unsealed"]})
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/health/audit").status_code == 405
