"""A two-second obligation, kept by a real worker: its timer, its pool, PostgreSQL and Valkey."""

import shutil
import time
from datetime import timedelta

import pytest

from slas import versions
from slas.models import Firing, Outbox
from slas.operations import enqueue, publish_policies
from slas.outbox import FIRED
from slas.queries import database_now
from tests.slas.calendars import SLAS
from tests.slas.clocks import acting, firings, open_one, start
from tests.slas.workers import running_worker, wait_for

pytestmark = pytest.mark.usefixtures("committed")
IN_TIME = timedelta(seconds=1)
PACK = """
pack = "drill"
calendar = "house"
[[obligation]]
obligation = "answer"
effective_from = 2024-01-01
title = "Answer"
starts_on = "received"
met_on = "answered"
limit = "2 seconds"
clause = "Drill 1"
mark = "V"
[[obligation.threshold]]
code = 50
at = "50 %"
actions = ["notify_owner"]
[[obligation.threshold]]
code = 100
at = "due"
actions = ["notify_lead", "raise_priority"]
"""


@pytest.fixture(autouse=True)
def _drill_pack(committed, tmp_path):  # noqa: ARG001 -- publication writes, so the database comes first
    shutil.copytree(SLAS / "calendars", tmp_path / "calendars")
    (tmp_path / "policy_packs").mkdir()
    (tmp_path / "policy_packs" / "drill.toml").write_text(PACK)
    publish_policies(tmp_path)
    yield
    versions.forget()


def start_drill():
    return start("answer", database_now(), pack="drill")


def settled(clock, count):
    rows = Outbox.objects.filter(matter_id=clock.matter_id, settled_at__isnull=False)
    return list(rows) if rows.count() == count else None


def test_a_deadline_is_warned_and_breached_within_a_second_of_its_instant_and_exactly_once_across_a_kill():
    with running_worker() as worker:
        clock = start_drill()
        effects = wait_for(lambda: settled(clock, 2), 20, worker.output)

        assert [(code, suppressed) for code, _, suppressed in firings(clock)] == [(50, False), (100, False)]
        for firing in Firing.objects.all():
            assert timedelta(0) <= firing.fired_at - firing.scheduled_for < IN_TIME
            assert firing.sweeper == "drill@test"
        instants = {"50": clock.fire_ats[0], "100": clock.fire_ats[1]}
        for effect in effects:
            assert effect.settled_at - instants[effect.key.split(":")[3]] < IN_TIME
            assert (effect.attempts, effect.topic) == (1, FIRED)

        across = start_drill()
        wait_for(lambda: settled(across, 1), 10, worker.output)
        worker.kill()  # -9, between the warning and the due instant
        time.sleep(max(0, (across.due_at - database_now()).total_seconds()) + 0.2)
        assert [code for code, _, _ in firings(across)] == [50]

    with running_worker() as worker:
        wait_for(lambda: settled(across, 2), 20, worker.output)
        assert [(code, at) for code, at, _ in firings(across)] == [(50, across.fire_ats[0]), (100, across.fire_ats[1])]
        assert [code for code, _, _ in firings(clock)] == [50, 100]
        assert set(Outbox.objects.values_list("dead_at", flat=True)) == {None}

        asked_at = database_now()
        matter = open_one(asked_at)
        with acting(asked_at) as this:
            enqueue(this=this, matter_id=matter.pk, key="nobody's", topic="nobody's", payload={})
        row = Outbox.objects.filter(matter_id=matter.pk, fault="HandlerMissing")
        wait_for(row.exists, 10, worker.output)
        assert row.get().published_at - asked_at < timedelta(seconds=1.5)  # an ordinary effect is not kept waiting
