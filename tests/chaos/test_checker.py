"""The checker finds nothing in a run that went well, and each kind of fault in one that did not."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from members.actors import SYSTEM
from members.acts import act
from slas import versions
from slas.models import Clock, Firing, Outbox
from slas.operations import cancel_clock, complete_clock, extend_clock, pause_clock
from slas.outbox import settle
from slas.queries import database_now
from slas.relay import take_envelope
from slas.sweep import fire_everything
from tests.chaos import effects, records
from tests.chaos.checker import check
from tests.chaos.effects import TABLE
from tests.chaos.faults import Fault
from tests.chaos.load import OBLIGATION, plant, publish
from tests.chaos.plan import Ask

pytestmark = pytest.mark.django_db
# Seconds: no threshold falls near now, so that none comes up between run and check, however slow the machine is.
ASKS = (Ask(-200, 30), Ask(-200, 60), Ask(2000, 3000), Ask(2000, 10_000))
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _published():
    publish()
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    yield
    versions.forget()


@pytest.fixture
def run(mailoutbox, tmp_path, monkeypatch):
    """Let a small run happen, undisturbed, and return what checks it."""
    monkeypatch.setattr(effects, "ONE_IN", 2)
    confirmed = [one for together in plant(ASKS * 18, origin=database_now()) for one in together]
    sweep()
    for number, clock in enumerate(Clock.objects.filter(kind=OBLIGATION).order_by("due_at", "id")):
        meddle(clock, number % 7)
    sweep()
    while settle(take()):
        pass
    for number, message in enumerate(mailoutbox):
        (tmp_path / f"{number}.eml").write_bytes(message.message().as_bytes())
    return lambda: check(records.read(tmp_path), confirmed=confirmed)


def sweep():
    with connection.cursor() as cursor:
        fire_everything(cursor, now=database_now(), who="test")


def take():
    with connection.cursor() as cursor:
        return take_envelope(cursor)


def meddle(clock, choice):
    """Do one of several things to a clock; what is overdue can only end."""
    at = database_now()
    given = {"matter_id": clock.matter_id, "kind": clock.kind, "at": at}
    with act(actor=SYSTEM, at=at) as this:
        if choice == 0:
            complete_clock(this=this, **given)
        elif choice == 1:
            cancel_clock(this=this, **given, reason="asked by mistake")
        elif choice == 2 and clock.due_at > at:
            extend_clock(this=this, **given, amount=60, reason="scope_changed")
        elif choice == 3 and clock.due_at > at:
            pause_clock(this=this, **given, reason="waiting_for_member")


def test_a_run_that_went_well_has_no_faults(run):
    report = run()

    assert report.findings == []
    assert report.counts() == {"lost": 0, "doubled": 0, "early": 0, "unsettled": 0, "wrong": 0, "misfolded": 0}
    assert report.clocks == 72
    assert report.targets == Firing.objects.count() > 150
    assert report.calls > 0
    assert Clock.objects.values("state").distinct().count() == 5


def breach():
    return Firing.objects.filter(code=100, suppressed=False, sweeper="test").order_by("matter_id").first()


def change_firing(**columns):
    found = breach()
    Firing.objects.filter(pk=found.pk).update(**columns)


def delete_a_firing():
    Firing.objects.filter(pk=breach().pk).delete()


def fire_again_in_another_epoch():
    found = breach()
    columns = {name: getattr(found, name) for name in ("matter_id", "clock_id", "code", "scheduled_for", "clock_rev")}
    Firing.objects.create(**columns, epoch=found.epoch + 1, suppressed=True, sweeper="test")


def on_effects(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"sla:{breach().clock_id}:1:100:raise_priority"])
        assert cursor.rowcount == 1


def change_effect_row(**columns):
    assert Outbox.objects.filter(key=f"sla:{breach().clock_id}:1:100").update(**columns) == 1


def ask_for_what_nobody_fired():
    found = breach()
    Outbox.objects.create(
        matter_id=found.matter_id,
        key=f"sla:{found.clock_id}:7:100",
        topic="sla.fired",
        payload={},
        settled_at=database_now(),
    )


def change_clock(**columns):
    Clock.objects.filter(matter_id=breach().matter_id).update(**columns)


def delete_asking():
    Outbox.objects.filter(key=f"sla:{breach().clock_id}:1:100").delete()


HAPPEN_AGAIN = "INSERT INTO chaos_effect (key, pid) SELECT key, 0 FROM chaos_effect WHERE key = %s"
UNHAPPEN = "DELETE FROM chaos_effect WHERE key = %s"
FAULTS = {
    "a firing is gone": (delete_a_firing, {Fault.LOST, Fault.DOUBLED}, "and never fired"),
    "a breach was kept quiet": (lambda: change_firing(suppressed=True), {Fault.LOST, Fault.DOUBLED}, "was suppressed"),
    "its effect was not asked for": (delete_asking, {Fault.LOST}, "was never asked for"),
    "its effect did not happen": (lambda: on_effects(UNHAPPEN), {Fault.LOST}, "did not happen"),
    "an effect happened twice": (lambda: on_effects(HAPPEN_AGAIN), {Fault.DOUBLED}, "happened 2 times"),
    "it fired in two epochs": (fire_again_in_another_epoch, {Fault.DOUBLED}, "nobody owed it"),
    "an effect that nobody fired": (ask_for_what_nobody_fired, {Fault.DOUBLED}, "without a firing"),
    "an effect is open": (lambda: change_effect_row(settled_at=None), {Fault.UNSETTLED}, "is still open"),
    "an effect is dead": (
        lambda: change_effect_row(settled_at=None, dead_at=database_now()), {Fault.UNSETTLED}, "is still open"
    ),
    "a row is not its fold": (
        lambda: change_clock(due_at=breach().scheduled_for + SECOND), {Fault.MISFOLDED, Fault.WRONG}, "not the fold"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("plant_fault", "kinds", "words"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_named(run, plant_fault, kinds, words):
    plant_fault()
    findings = run().findings

    assert {finding.fault for finding in findings} == kinds
    assert any(words in finding.what for finding in findings)


def test_what_fired_before_its_instant_was_early(run):
    change_firing(fired_at=breach().scheduled_for - SECOND / 1_000_000)

    assert Counter(finding.fault for finding in run().findings) == {Fault.EARLY: 1}


def test_an_instant_that_is_noted_wrongly_does_not_hide_what_was_early(run):
    due = breach().scheduled_for
    change_firing(fired_at=due - SECOND, scheduled_for=due - SECOND)

    assert Counter(finding.fault for finding in run().findings) == {Fault.EARLY: 1, Fault.WRONG: 1}


def test_a_call_that_nobody_received_is_lost_and_one_that_was_repeated_is_not_doubled(run, tmp_path):
    first, second, *_ = sorted(tmp_path.glob("*.eml"))
    (tmp_path / "again.eml").write_bytes(second.read_bytes())
    first.unlink()
    report = run()

    assert [(finding.fault, finding.what) for finding in report.findings] == [
        (Fault.LOST, "is settled, and did not happen")
    ]
    assert report.repeated == 1


def test_a_confirmed_act_that_is_gone_is_lost(run, tmp_path):
    (clock_id,) = Clock.objects.values_list("id", flat=True)[:1]
    report = check(records.read(tmp_path), confirmed=[(clock_id, 9), (uuid4(), 1)])

    assert [finding.what for finding in report.findings] == [
        "revision 9 was confirmed and is gone",
        "revision 1 was confirmed and is gone",
    ]
    assert run().findings == []
