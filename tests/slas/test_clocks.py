from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from members.actors import SYSTEM, Actor, ActorKind, Role, importer
from slas.calendar import HorizonPassed
from slas.models import Clock, ClockEvent, ClockState, Firing, Outbox
from slas.operations import (
    NOT_RECORDED,
    ClockRefused,
    PolicyMissing,
    cancel_clock,
    complete_clock,
    pause_clock,
    reopen_clock,
    resume_clock,
)
from slas.queries import misfolded_clocks
from slas.sweep import fire_everything
from tests.slas.calendars import utc
from tests.slas.clocks import (
    QUALITY,
    acting,
    clocks_of,
    complete,
    events,
    extend,
    firings,
    fresh,
    outbox_keys,
    pause,
    resume,
    start,
)

pytestmark = pytest.mark.django_db
MONDAY = utc(2026, 6, 1, 14)
LEAD = Actor(ActorKind.USER, "D. Ruiz", user_id=uuid4(), roles=frozenset({Role.LEAD}))


def test_a_clock_starts_armed_for_its_first_threshold_and_pinned_to_its_versions():
    clock = fresh(start("resolve", MONDAY, track="standard"))

    assert clock.state == ClockState.RUNNING
    assert clock.due_at == utc(2026, 6, 23, 21)
    assert clock.next_fire_at == clock.fire_ats[0] == utc(2026, 6, 11, 12)
    assert (clock.policy.obligation, clock.policy.track, clock.calendar.calendar) == ("resolve", "standard", "house")
    assert events(clock) == [(1, "start", MONDAY)]


def test_an_obligation_without_a_row_for_the_track_uses_the_one_for_every_track():
    assert start("message_reply", MONDAY, track="appeal").policy_id == start("message_reply", MONDAY).policy_id


def test_receipt_is_not_entry():
    """A letter of May 28 that is entered on June 1 counts from May 28; what has passed fires at once."""
    clock = start("acknowledge", utc(2026, 5, 28, 14), at=MONDAY, track="standard")

    assert clock.due_at == utc(2026, 6, 1, 21)
    assert clock.fire_ats[0] == utc(2026, 6, 1, 12)
    assert clock.next_fire_at == MONDAY


def test_a_limit_that_is_given_at_the_start_is_taken_or_asked_for():
    assert start("capa_action", MONDAY, budget=10).due_at == utc(2026, 6, 12, 4)
    with pytest.raises(ClockRefused, match="capa_action needs a budget: its limit is given when it starts"):
        start("capa_action", MONDAY)


def test_an_unknown_obligation_or_a_start_outside_the_reviewed_years_is_refused():
    with pytest.raises(PolicyMissing, match="pack 'house' has no obligation 'applaud' for track 'any' in force at"):
        start("applaud", MONDAY)
    with pytest.raises(HorizonPassed, match="2018-12-24 is outside the reviewed days of calendar 'house'"):
        start("resolve", utc(2018, 12, 24, 14), track="standard")
    with pytest.raises(HorizonPassed, match="the date would fall outside"):
        start("resolve", utc(2030, 12, 24, 14), track="standard")


def test_a_second_open_clock_of_a_kind_is_refused_by_the_operation_and_by_the_database():
    clock = start("resolve", MONDAY, track="standard")
    with pytest.raises(ClockRefused, match=r"cannot start resolve \(standard\): it is running already"):
        start("resolve", MONDAY, track="standard", matter=clock.matter)

    clock.id, clock.cycle = uuid4(), 2
    with pytest.raises(IntegrityError, match="slas_clock_one_open"), transaction.atomic():
        Clock.objects.bulk_create([clock])


def test_what_is_done_in_time_is_met_and_leaves_no_trace_in_the_outbox():
    clock = complete(start("resolve", MONDAY, track="standard"), utc(2026, 6, 19, 14))

    assert (clock.state, clock.ended_at, clock.next_fire_at) == (ClockState.MET, utc(2026, 6, 19, 14), None)
    assert firings(clock) == [(50, utc(2026, 6, 11, 12), True), (80, utc(2026, 6, 18, 12), True)]
    assert outbox_keys(clock) == []


def test_what_is_done_exactly_when_due_is_met_without_a_breach():
    clock = complete(start("acknowledge", MONDAY, track="standard"), utc(2026, 6, 3, 21))

    assert clock.state == ClockState.MET
    assert firings(clock) == [(50, utc(2026, 6, 3, 12), True), (80, utc(2026, 6, 3, 17), True)]


def test_what_is_done_late_is_missed_and_its_breach_has_its_effects_even_if_no_sweep_ran():
    clock = complete(start("acknowledge", MONDAY, track="standard"), utc(2026, 6, 3, 21, 0, 0, 1))

    assert clock.state == ClockState.MISSED
    assert firings(clock) == [
        (50, utc(2026, 6, 3, 12), True),
        (80, utc(2026, 6, 3, 17), True),
        (100, utc(2026, 6, 3, 21), False),
    ]
    assert outbox_keys(clock) == ["1:100:notify_lead", "1:100:notify_owner", "1:100:raise_priority"]


def test_an_act_that_met_the_breach_on_its_way_is_late_as_the_ledger_says():
    """It began in time, but the sweep had the row first and has told the breach."""
    clock = start("message_reply", utc(2026, 6, 1))
    with connection.cursor() as cursor:
        fire_everything(cursor, now=clock.due_at, who="test")
    late = complete(clock, clock.due_at - timedelta(milliseconds=1))
    breach = Firing.objects.get(clock_id=clock.id, code=100)
    assert (late.state, late.ended_at) == (ClockState.MISSED, breach.fired_at)
    assert not list(misfolded_clocks())


def test_what_was_done_in_time_and_is_recorded_after_the_breach_is_met():
    clock = start("message_reply", utc(2026, 6, 1))
    with connection.cursor() as cursor:
        fire_everything(cursor, now=clock.due_at, who="test")
    with acting(clock.due_at + timedelta(days=1)) as this:
        done_at = clock.due_at - timedelta(hours=1)
        complete_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=done_at)
    assert (fresh(clock).state, fresh(clock).ended_at) == (ClockState.MET, done_at)


def test_history_is_judged_alike_and_sends_nothing():
    started = start("acknowledge", MONDAY, track="standard", actor=importer("a file"))
    clock = complete(started, utc(2026, 6, 9), actor=importer("a file"))

    assert clock.state == ClockState.MISSED
    assert [(code, suppressed) for code, _, suppressed in firings(clock)] == [(50, True), (80, True), (100, True)]
    assert Outbox.objects.count() == 0


def test_completing_what_is_not_open_changes_nothing():
    clock = start("resolve", MONDAY, track="standard")
    with acting(MONDAY) as this:
        assert complete_clock(this=this, matter_id=clock.matter_id, kind="acknowledge", at=MONDAY) is None
    complete(clock, MONDAY)
    with acting(MONDAY) as this:
        assert complete_clock(this=this, matter_id=clock.matter_id, kind="resolve", at=MONDAY) is None


def cancel(clock, at, reason="withdrawn", actor=SYSTEM):
    with acting(at, actor) as this:
        cancel_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at, reason=reason)
    return fresh(clock)


def test_a_clock_that_is_cancelled_in_time_is_disarmed_and_has_no_verdict():
    clock = cancel(start("resolve", MONDAY, track="standard"), utc(2026, 6, 23, 21))

    assert (clock.state, clock.next_fire_at, clock.rev) == (ClockState.CANCELLED, None, 2)
    assert not clock.is_breached(utc(2026, 9, 1))
    assert Firing.objects.count() == 0


def test_a_clock_that_is_cancelled_after_its_due_date_has_been_missed_with_all_that_follows():
    clock = cancel(start("resolve", MONDAY, track="standard"), utc(2026, 8, 1))

    assert (clock.state, clock.ended_at, clock.next_fire_at) == (ClockState.MISSED, utc(2026, 8, 1), None)
    assert [(code, suppressed) for code, _, suppressed in firings(clock)] == [(50, True), (80, True), (100, False)]
    assert outbox_keys(clock) == ["1:100:notify_lead", "1:100:notify_owner", "1:100:raise_priority"]
    assert [kind for _, kind, _ in events(clock)] == ["start", "cancel"]
    assert list(misfolded_clocks()) == []


def test_of_what_is_not_recorded_nobody_says_that_it_was_missed():
    clock = start("acknowledge", MONDAY, track="standard", actor=importer("a file"))
    clock = cancel(clock, utc(2026, 8, 1), NOT_RECORDED, importer("a file"))

    assert (clock.state, firings(clock)) == (ClockState.CANCELLED, [])
    assert list(misfolded_clocks()) == []


def test_an_act_of_now_counts_from_no_earlier_than_what_it_met():
    """Two requests cross: the second read its moment first, and got the row last."""
    paused_at = utc(2026, 6, 2, 14, 0, 0, 5000)
    clock = pause(start("resolve", MONDAY, track="standard"), paused_at)
    resumed = resume(clock, paused_at - timedelta(milliseconds=5))
    assert (resumed.state, events(resumed)[-1]) == (ClockState.RUNNING, (3, "resume", paused_at))
    completed = complete(resumed, paused_at - timedelta(milliseconds=1))
    assert (completed.state, completed.ended_at) == (ClockState.MET, paused_at)
    assert list(misfolded_clocks()) == []


def test_two_pauses_cannot_overlap():
    clock = resume(pause(start("resolve", MONDAY, track="standard"), utc(2026, 6, 2, 14)), utc(2026, 6, 5, 14))
    with pytest.raises(ClockRefused) as refused:
        pause(clock, utc(2026, 6, 3, 14), told_at=utc(2026, 6, 8, 14))

    assert str(refused.value) == "cannot pause resolve (standard) before 2026-06-05 14:00:00 UTC"
    assert fresh(clock).rev == 3


def reopen(clock, at):
    with acting(at) as this:
        return reopen_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at)


@pytest.mark.parametrize(("ended_at", "verdict"), [(utc(2026, 6, 10), "Met"), (utc(2026, 8, 1), "Missed")])
def test_reopening_keeps_the_old_verdict(ended_at, verdict):
    ended = complete(start("resolve", MONDAY, track="complex"), ended_at)
    former = Clock.objects.filter(pk=ended.pk).values().get()
    reopened = reopen(ended, utc(2026, 8, 3, 14))

    assert Clock.objects.filter(pk=ended.pk).values().get() == former
    assert [(row.cycle, row.get_state_display()) for row in clocks_of(ended.matter_id)] == [
        (1, verdict),
        (2, "Running"),
    ]
    assert (reopened.policy.track, reopened.started_at) == ("complex", utc(2026, 8, 3, 14))
    assert reopened.due_at == utc(2026, 9, 3, 4)
    assert ClockEvent.objects.get(clock_id=reopened.id).reason == "reopened"
    assert list(misfolded_clocks()) == []


def test_a_limit_that_was_given_at_the_start_is_given_again_when_it_is_reopened():
    ended = complete(start("capa_action", MONDAY, budget=10), utc(2026, 6, 5))

    assert reopen(ended, utc(2026, 6, 8, 14)).budget == 10


def test_what_never_started_or_is_still_open_is_not_reopened():
    clock = start("resolve", MONDAY, track="standard")
    with pytest.raises(ClockRefused) as refused:
        reopen(clock, MONDAY)
    assert str(refused.value) == "cannot reopen resolve (standard): it is still open; extend it, or end it first"
    clock.kind = "acknowledge"
    with pytest.raises(ClockRefused) as refused:
        reopen(clock, MONDAY)
    assert str(refused.value) == "cannot reopen acknowledge: it never started; start it"
    assert len(clocks_of(clock.matter_id)) == 1


def test_pause_disarms_and_resume_arms_anew():
    clock = start("resolve", MONDAY, track="standard")
    with acting(utc(2026, 6, 2, 14)) as this:
        pause_clock(
            this=this, matter_id=clock.matter_id, kind="resolve", at=utc(2026, 6, 2, 14), reason="waiting_for_member"
        )
    paused = fresh(clock)
    assert (paused.state, paused.paused_at, paused.next_fire_at) == (ClockState.PAUSED, utc(2026, 6, 2, 14), None)
    assert not paused.is_breached(utc(2027, 1, 1))

    with acting(utc(2026, 6, 8, 16)) as this:
        resume_clock(this=this, matter_id=clock.matter_id, kind="resolve", at=utc(2026, 6, 8, 16))
    resumed = fresh(clock)
    assert (resumed.state, resumed.due_at) == (ClockState.RUNNING, utc(2026, 6, 29, 21))
    assert resumed.next_fire_at == utc(2026, 6, 17, 12)


def test_a_legal_clock_refuses_a_pause_and_offers_the_extension():
    clock = start("capa_action", MONDAY, budget=10)
    with (
        pytest.raises(ClockRefused, match=r"never pauses .* Extend it instead, by up to 60 days"),
        acting(MONDAY) as this,
    ):
        pause_clock(this=this, matter_id=clock.matter_id, kind="capa_action", at=MONDAY, reason="waiting_for_member")

    assert fresh(clock).rev == 1


def test_only_whom_the_policy_names_may_extend():
    clock = start("capa_action", MONDAY, budget=10)
    with pytest.raises(ClockRefused, match="cannot extend capa_action: only quality_manager may"):
        extend(clock, LEAD, 5, at=utc(2026, 6, 8, 14))

    extended = extend(clock, QUALITY, 5, at=utc(2026, 6, 8, 14))
    assert (extended.due_at, extended.epoch, extended.extended) == (utc(2026, 6, 17, 4), 2, 5)
    assert extended.next_fire_at == utc(2026, 6, 9, 12)  # half of fifteen days
    assert ClockEvent.objects.get(clock_id=clock.id, kind="extend").actor_id == QUALITY.user_id
