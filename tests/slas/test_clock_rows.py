"""What the database keeps of a clock, and how little of it an act reads and writes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from members.actors import SYSTEM
from members.acts import batch
from slas.models import Clock, ClockEvent
from slas.operations import (
    ClockRefused,
    cancel_clock,
    complete_clock,
    enqueue,
    open_clock,
    pause_clock,
    resume_clock,
    start_clock,
)
from slas.queries import misfolded_clocks
from tests.slas.calendars import utc
from tests.slas.clocks import (
    QUALITY,
    acting,
    clocks_of,
    complete,
    extend,
    open_one,
    outbox_keys,
    start,
)

pytestmark = pytest.mark.django_db
MONDAY = utc(2026, 6, 1, 14)


def test_every_row_is_the_fold_of_its_events_and_a_forged_row_is_found():
    clock = start("resolve", MONDAY, track="standard")
    complete(start("acknowledge", MONDAY, track="standard"), utc(2026, 8, 1))
    extend(start("capa_action", MONDAY, budget=10), QUALITY, 5, at=utc(2026, 6, 8, 14))
    with acting(MONDAY) as this:
        pause_clock(this=this, matter_id=clock.matter_id, kind="resolve", at=MONDAY, reason="waiting_for_member")
    assert list(misfolded_clocks()) == []

    Clock.objects.filter(pk=clock.pk).update(due_at=utc(2026, 12, 24))
    assert [row.pk for row in misfolded_clocks()] == [clock.pk]


def test_the_events_of_a_clock_can_not_be_changed_or_deleted():
    start("resolve", MONDAY, track="standard")
    for change in (lambda: ClockEvent.objects.update(reason="x"), lambda: ClockEvent.objects.all().delete()):
        with pytest.raises(Exception, match="slas_clockevent never changes"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("constraint", "forgery"),
    [
        ("slas_clock_armed_while_running", {"next_fire_at": None}),
        ("slas_clock_paused", {"paused_at": MONDAY}),
        ("slas_clock_ended", {"ended_at": MONDAY}),
        ("slas_clock_met_in_time", {"state": 3, "ended_at": utc(2027, 1, 1), "next_fire_at": None}),
        ("slas_clock_missed_late", {"state": 4, "ended_at": MONDAY, "next_fire_at": None}),
        ("slas_clock_forward", {"due_pos": 0}),
        ("slas_clock_codes_match", {"fire_codes": [100]}),
    ],
)
def test_the_database_refuses_a_clock_that_contradicts_itself(constraint, forgery):
    clock = start("resolve", MONDAY, track="standard")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(**forgery)


def test_a_batch_plays_a_whole_life_without_reading_the_database(django_assert_num_queries):
    start("resolve", MONDAY, track="standard")  # whatever is read once is read now
    with django_assert_num_queries(7), batch():  # begin and end, and one insert for each of the five tables
        matter = open_one(MONDAY)
        acknowledged = start("acknowledge", MONDAY, track="standard", matter=matter)
        for kind in ("resolve", "message_reply"):
            start(kind, MONDAY, track="standard", matter=matter)
        with acting(utc(2026, 6, 9)) as this:
            complete_clock(this=this, matter_id=matter.pk, kind="acknowledge", at=utc(2026, 6, 9))
            complete_clock(this=this, matter_id=matter.pk, kind="message_reply", at=MONDAY)
            assert open_clock(this=this, matter_id=matter.pk, kind="acknowledge") is None
            assert open_clock(this=this, matter_id=matter.pk, kind="resolve").is_open
            cancel_clock(this=this, matter_id=matter.pk, kind="resolve", at=this.at, reason="track complex")
        start("resolve", MONDAY, track="complex", matter=matter, at=utc(2026, 6, 9))

    assert [(row.kind, row.cycle, row.get_state_display()) for row in clocks_of(matter.pk)] == [
        ("acknowledge", 1, "Missed"),
        ("message_reply", 1, "Met"),
        ("resolve", 1, "Cancelled"),
        ("resolve", 2, "Running"),
    ]
    assert outbox_keys(acknowledged) == ["1:100:notify_lead", "1:100:notify_owner", "1:100:raise_priority"]
    assert list(misfolded_clocks()) == []


def test_completing_a_live_clock_takes_one_lock_one_update_and_one_event(django_assert_num_queries):
    clock = start("resolve", MONDAY, track="standard")
    with django_assert_num_queries(5) as queries, acting(MONDAY) as this:
        complete_clock(this=this, matter_id=clock.matter_id, kind="resolve", at=MONDAY)

    sql = [query["sql"] for query in queries.captured_queries]
    assert "FOR NO KEY UPDATE" in sql[1]
    assert sql[2].startswith("UPDATE")
    assert sql[3].startswith("INSERT")


def test_starting_a_clock_on_a_known_matter_reads_one_row(django_assert_num_queries):
    matter = open_one(MONDAY)
    with django_assert_num_queries(5), acting(MONDAY) as this:  # a savepoint, the last cycle, clock and event
        start_clock(this=this, matter=matter, obligation="message_reply", started_at=MONDAY)


def test_a_refused_act_leaves_no_clock_behind():
    matter = open_one(MONDAY)
    with pytest.raises(ClockRefused), batch(), acting(MONDAY) as this:
        start("resolve", MONDAY, track="standard", matter=matter)
        resume_clock(this=this, matter_id=matter.pk, kind="resolve", at=MONDAY + timedelta(hours=1))

    assert clocks_of(matter.pk) == []


def test_the_same_effect_is_asked_for_once():
    matter = open_one(MONDAY)
    with acting(MONDAY) as this:
        enqueue(this=this, matter_id=matter.pk, key="letter:1", topic="test", payload={"letter": 1})
    with pytest.raises(IntegrityError, match="slas_outbox_pkey"), transaction.atomic(), acting(MONDAY, SYSTEM) as this:
        enqueue(this=this, matter_id=matter.pk, key="letter:1", topic="test", payload={"letter": 1})
