"""Open clocks go over to a corrected calendar; broken promises and ended clocks do not."""

from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from members.actors import SYSTEM
from members.audit.models import Event
from slas.models import Clock, ClockEvent, ClockState, Firing
from slas.operations import (
    extend_clock,
    foresee_rebase,
    rebase_clocks,
    replace_clock,
)
from slas.operations.rebase_clocks import Fate
from slas.queries import misfolded_clocks
from slas.sweep import fire_everything
from tests.slas.calendars import utc
from tests.slas.clocks import acting, complete, firings, fresh, pause, resume, start
from tests.slas.corrections import correct, corrected_for_a_while
from tests.slas.test_clocks import QUALITY

MONDAY = utc(2026, 6, 1, 14)
BRIDGE = date(2026, 6, 15)  # a Monday that turns out to be a holiday
FOUND_AT = utc(2026, 6, 10, 14)


def rebase(calendar, at=FOUND_AT, **options):
    found = [outcome for taken in rebase_clocks(actor=SYSTEM, at=at, calendar=calendar, **options) for outcome in taken]
    return {outcome.clock_id: outcome for outcome in found}


def armed(clock):
    return list(zip(clock.fire_codes, clock.fire_ats, strict=True))


@pytest.mark.django_db
def test_a_new_holiday_moves_the_date_and_the_warnings_that_are_still_to_come():
    clock = start("resolve", MONDAY, track="standard")
    corrected = correct("house", closed=[BRIDGE])

    (outcome,) = rebase(corrected, reason="Bridge day").values()

    assert (outcome.fate, outcome.was_due_at, outcome.due_at) == (
        Fate.REBASED,
        utc(2026, 6, 23, 21),
        utc(2026, 6, 24, 21),
    )
    moved = fresh(clock)
    assert (moved.due_at, moved.calendar_id, moved.epoch, moved.rev) == (utc(2026, 6, 24, 21), corrected.pk, 2, 2)
    assert armed(moved) == [
        (50, utc(2026, 6, 11, 12)),
        (80, utc(2026, 6, 22, 12)),
        (100, utc(2026, 6, 24, 21)),
    ]
    assert (moved.next_seq, moved.next_fire_at) == (1, utc(2026, 6, 11, 12))
    event = ClockEvent.objects.get(clock_id=clock.id, rev=2)
    assert (event.kind, event.at, event.reason, event.calendar_id) == ("rebase", FOUND_AT, "Bridge day", corrected.pk)
    assert list(misfolded_clocks()) == []


@pytest.mark.django_db
def test_what_has_fired_does_not_fire_again_and_what_is_due_by_now_fires_first():
    clock = start("resolve", MONDAY, track="standard")
    rebase(correct("house", closed=[BRIDGE]), at=utc(2026, 6, 12))

    assert firings(clock) == [(50, utc(2026, 6, 11, 12), False)]
    assert [code for code, _ in armed(fresh(clock))] == [80, 100]
    with connection.cursor() as cursor:
        fire_everything(cursor, now=utc(2026, 6, 30), who="test")
    assert [(code, epoch) for code, epoch in Firing.objects.order_by("code").values_list("code", "epoch")] == [
        (50, 1),
        (80, 2),
        (100, 2),
    ]


@pytest.mark.django_db
def test_a_holiday_that_is_none_makes_the_date_earlier_and_what_it_breaks_is_broken():
    clock = start("acknowledge", utc(2026, 7, 1, 14), track="standard")
    assert clock.due_at == utc(2026, 7, 6, 21)
    rebase(correct("house", opened=[date(2026, 7, 3)]), at=utc(2026, 7, 4))

    moved = fresh(clock)
    assert (moved.due_at, moved.next_fire_at, moved.fire_codes) == (utc(2026, 7, 3, 21), utc(2026, 7, 4), [100])
    assert moved.is_breached(utc(2026, 7, 4))


@pytest.mark.django_db
def test_a_promise_that_was_broken_stays_broken_and_is_reported_with_the_date_it_would_have():
    overdue = start("resolve", MONDAY, track="standard")
    met = complete(start("resolve", MONDAY, track="standard"), utc(2026, 6, 20))
    missed = complete(start("resolve", MONDAY, track="standard"), utc(2026, 6, 24, 14))
    before = [fresh(clock) for clock in (overdue, met, missed)]

    found = rebase(correct("house", closed=[BRIDGE]), at=utc(2026, 6, 24, 15))

    assert {clock_id: (one.fate, one.due_at, one.why) for clock_id, one in found.items()} == {
        overdue.id: (
            Fate.OVERDUE,
            utc(2026, 6, 24, 21),
            "its date has passed, and a promise that was broken stays broken",
        )
    }
    for row, former in zip((overdue, met, missed), before, strict=True):
        now = fresh(row)
        assert (now.due_at, now.calendar_id, now.rev, now.state) == (
            former.due_at,
            former.calendar_id,
            former.rev,
            former.state,
        )


@pytest.mark.django_db
def test_a_whole_life_is_replayed_and_a_paused_clock_stands_still():
    lived = start("resolve", MONDAY, track="standard")
    pause(lived, utc(2026, 6, 2, 14))
    resume(lived, utc(2026, 6, 4, 14))
    paused = start("resolve", MONDAY, track="standard")
    pause(paused, utc(2026, 6, 2, 14))
    extended = start("capa_action", MONDAY, budget=10)
    with acting(utc(2026, 6, 8, 14), QUALITY) as this:
        extend_clock(
            this=this,
            matter_id=extended.matter_id,
            kind="capa_action",
            at=this.at,
            amount=5,
            reason="dependency",
        )
    corrected = correct("house", closed=[date(2026, 6, 3)])  # within the pauses, hence no unit of them
    rebase(corrected)

    assert fresh(lived).due_at == utc(2026, 6, 25, 21)
    assert (fresh(paused).state, fresh(paused).next_fire_at) == (ClockState.PAUSED, None)
    assert fresh(extended).due_at == utc(2026, 6, 17, 4)
    resume(paused, utc(2026, 6, 4, 14))
    assert fresh(paused).due_at == utc(2026, 6, 25, 21)
    assert {fresh(clock).calendar_id for clock in (lived, paused, extended)} == {corrected.pk}
    assert list(misfolded_clocks()) == []


@pytest.mark.django_db
def test_a_clock_whose_events_could_not_have_happened_is_left_alone_and_reported():
    clock = start("resolve", utc(2026, 6, 26, 14), track="standard")
    pause(clock, utc(2026, 7, 20, 16))
    assert clock.due_at == utc(2026, 7, 20, 21)
    (outcome,) = rebase(correct("house", opened=[date(2026, 7, 3)])).values()

    assert (outcome.fate, outcome.due_at, outcome.why) == (
        Fate.REFUSED,
        None,
        "cannot pause resolve (standard): it was due already",
    )
    assert fresh(clock).rev == 2


@pytest.mark.django_db
def test_running_again_continues_and_a_second_correction_replays_the_first():
    clocks = [start("resolve", MONDAY + n * timedelta(minutes=1), track="standard") for n in range(5)]
    corrected = correct("house", closed=[BRIDGE])
    run = rebase_clocks(actor=SYSTEM, at=FOUND_AT, calendar=corrected, chunk=2)
    next(run)
    run.close()
    assert Clock.objects.filter(calendar=corrected).count() == 2

    assert len(rebase(corrected, chunk=2)) == 3
    assert rebase(corrected) == {}
    rebase(correct("house", closed=[date(2026, 6, 16)], effective_from=date(2026, 8, 1)))
    assert {(fresh(clock).due_at, fresh(clock).epoch) for clock in clocks} == {(utc(2026, 6, 25, 21), 3)}
    assert list(misfolded_clocks()) == []


@pytest.mark.django_db
def test_what_is_foreseen_is_what_happens_and_foreseeing_changes_nothing():
    start("resolve", MONDAY, track="standard")
    start("message_reply", FOUND_AT)
    corrected = correct("house", closed=[BRIDGE])
    foreseen = [outcome for taken in foresee_rebase(at=FOUND_AT, calendar=corrected) for outcome in taken]
    assert (Clock.objects.filter(calendar=corrected).count(), Event.objects.count()) == (0, 0)

    assert list(rebase(corrected).values()) == foreseen
    event = Event.objects.get(action="clocks.rebased")
    assert (event.object_id, event.detail) == (corrected.pk, {"clocks": 2, "left": 0})


@pytest.mark.django_db
def test_clocks_of_other_calendars_and_newer_versions_are_not_touched():
    elsewhere = start("ma_grievance_answer", MONDAY, pack="ma_grievance")
    assert elsewhere.calendar.calendar != "house"
    older = correct("house", closed=[BRIDGE])
    clock = start("resolve", MONDAY, track="standard")
    rebase(correct("house", effective_from=date(2026, 8, 1)))

    assert rebase(older) == {}
    assert fresh(elsewhere).rev == 1
    assert fresh(clock).rev == 2


@pytest.mark.django_db
def test_a_change_of_track_keeps_the_calendar_that_a_clock_went_over_to():
    clock = start("resolve", MONDAY, track="standard")
    corrected = correct("house", closed=[BRIDGE])
    rebase(corrected)
    with acting(FOUND_AT) as this:
        replaced = replace_clock(
            this=this, matter=clock.matter, kind="resolve", track="complex", reason="track complex"
        )

    assert replaced.calendar_id == corrected.pk


@pytest.mark.django_db
def test_a_rebase_has_its_own_row_of_the_calendar_in_the_events_and_nothing_else_has():
    clock = start("resolve", MONDAY, track="standard")
    for forgery in ({"kind": "rebase"}, {"kind": "pause", "calendar_id": clock.calendar_id}):
        with pytest.raises(IntegrityError, match="slas_clock_event_calendar"), transaction.atomic():
            ClockEvent.objects.create(
                matter_id=clock.matter_id, clock_id=clock.id, rev=2, at=MONDAY, actor_kind="system", **forgery
            )


@pytest.mark.django_db
def test_a_row_that_is_pinned_to_another_calendar_than_its_events_say_is_found():
    clock = start("resolve", MONDAY, track="standard")
    first = clock.calendar_id
    rebase(correct("house"))
    Clock.objects.filter(pk=clock.pk).update(calendar=first)

    assert [row.pk for row in misfolded_clocks()] == [clock.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("clocks", [1, 3])
def test_a_chunk_takes_the_same_statements_for_one_clock_and_for_three(clocks, django_assert_num_queries):
    for _ in range(clocks):
        start("resolve", MONDAY, track="standard")
    corrected = correct("house")
    with django_assert_num_queries(9):  # sweep, versions, keys, two of a savepoint, rows, calendar, write, audit
        assert len(rebase(corrected)) == clocks


@pytest.mark.usefixtures("committed")
def test_a_clock_that_somebody_is_at_work_on_follows_when_it_is_free():
    clock, other, last = (start("resolve", MONDAY, track="standard") for _ in range(3))
    with corrected_for_a_while("house", closed=[BRIDGE]) as corrected, another_session() as somebody:
        run = rebase_clocks(actor=SYSTEM, at=FOUND_AT, calendar=corrected)
        somebody.execute("SELECT 1 FROM slas_clock WHERE id = ANY(%s) FOR NO KEY UPDATE", [[clock.id, last.id]])
        assert [outcome.clock_id for outcome in next(run)] == [other.id]

        somebody.execute(
            "UPDATE slas_clock SET state = 5, next_fire_at = NULL, ended_at = due_at WHERE id = %s", [last.id]
        )
        somebody.commit()
        assert [[outcome.clock_id for outcome in taken] for taken in run] == [[clock.id], []]
        assert {fresh(row).calendar_id == corrected.pk for row in (clock, other)} == {True}


@pytest.mark.usefixtures("committed")
def test_a_warning_that_nobody_could_fire_yet_is_fired_before_its_clock_goes_over():
    clock = start("resolve", MONDAY, track="standard")
    with corrected_for_a_while("house", closed=[BRIDGE]) as corrected, another_session() as somebody:
        somebody.execute("SELECT 1 FROM slas_clock WHERE id = %s FOR NO KEY UPDATE", [clock.id])
        run = rebase_clocks(actor=SYSTEM, at=utc(2026, 6, 11, 13), calendar=corrected)
        assert next(run) == []
        somebody.commit()
        list(run)

        assert firings(clock) == [(50, utc(2026, 6, 11, 12), False)]
        assert [code for code, _ in armed(fresh(clock))] == [80, 100]


@contextmanager
def another_session():
    with psycopg.connect(**connection.get_connection_params()) as session:
        yield session
