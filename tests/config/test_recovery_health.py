"""Checklist 41: operators hear of it when backups are old, or when a restore would bring back what was erased."""

from datetime import timedelta
from uuid import uuid4

import pytest

from complaints.retention.ledger import append
from complaints.retention.models import Erasure
from members.actors import SYSTEM
from members.acts import act
from slas.queries import database_now

pytestmark = pytest.mark.django_db
TOKEN = "a token of the test"


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.METRICS_TOKEN, settings.BACKUP_MINUTES = TOKEN, 15
    settings.ERASURE_LEDGER = str(tmp_path / "ledger")
    return tmp_path / "ledger"


def taken(*, minutes):
    at = database_now() - timedelta(minutes=minutes)
    with act(actor=SYSTEM, at=at) as this:
        this.record("backup.taken", detail={"taken_at": at.isoformat(), "size": 1})


def erasure():
    """Return a line of the ledger, of a complaint that is gone."""
    people = {name: uuid4() for name in ("list_id", "asked_by", "confirmed_by")}
    told = {"reference_digest": bytes(16), "rule": "house", "erased_at": database_now(), "counts": {}}
    return Erasure(complaint_id=uuid4(), **people, **told)


def ask(client):
    answer = client.get("/health/recovery", headers={"Authorization": f"Bearer {TOKEN}"})
    return answer.status_code, answer.json()


def metrics(client):
    return client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()


@pytest.mark.parametrize(("minutes", "wrong"), [(14, []), (16, ["backup_old"]), (3000, ["backup_old"])])
def test_a_backup_that_is_older_than_what_may_be_lost_is_an_alarm(client, minutes, wrong):
    taken(minutes=minutes)
    assert (ask(client)[0], ask(client)[1]["wrong"]) == (503 if wrong else 200, wrong)
    assert f'redress_recovery_trouble{{code="backup_old"}} {float(bool(wrong))}' in metrics(client)
    assert f"\nredress_recovery_kept {float(not wrong)}" in metrics(client)


def test_the_newest_backup_counts_and_only_who_shows_the_token_reads_its_age(client):
    taken(minutes=40)
    taken(minutes=5)
    assert 300 <= ask(client)[1]["backup_age"] < 320
    assert client.get("/health/recovery").json() == {"wrong": []}


def test_where_no_backups_are_expected_none_is_missed(client, settings):
    settings.BACKUP_MINUTES = 0
    assert ask(client) == (200, {"backup_age": None, "wrong": []})


def test_a_ledger_that_is_away_or_lacks_an_erasure_is_an_alarm(client, ledger, settings):
    taken(minutes=1)
    assert ask(client)[0] == 200  # nothing was erased yet; the worker makes it
    erasure().save(force_insert=True)
    status, told = ask(client)
    assert (status, told["wrong"]) == (503, ["ledger_away"])
    ledger.touch()
    assert ask(client)[1]["wrong"] == ["ledger_behind"]
    assert 'redress_recovery_trouble{code="ledger_behind"} 1.0' in metrics(client)
    settings.ERASURE_LEDGER = ""
    assert ask(client)[1]["wrong"] == ["ledger_away"]


def test_a_ledger_that_goes_on_from_the_table_is_well(client):
    taken(minutes=1)
    row = erasure()
    append(row)
    row.save(force_insert=True)
    assert ask(client)[1]["wrong"] == []
