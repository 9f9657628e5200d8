from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from members.actors import SYSTEM, Actor, ActorKind, Role, importer
from members.acts import batch
from slas.calendar import HorizonPassed
from slas.models import Clock, ClockEvent, ClockState, Firing, Outbox
from slas.operations import (
    NOT_RECORDED,
    ClockRefused,
    PolicyMissing,
    cancel_clock,
    complete_clock,
    enqueue,
    extend_clock,
    open_clock,
    pause_clock,
    reopen_clock,
    replace_clock,
    resume_clock,
    start_clock,
)
from slas.queries import misfolded_clocks
from slas.sweep import fire_everything
from tests.slas.calendars import utc
from tests.slas.clocks import acting, clocks_of, complete, firings, fresh, open_one, outbox_keys, start

pytestmark = pytest.mark.django_db
MONDAY = utc(2026, 6, 1, 14)
LEAD = Actor(ActorKind.USER, "D. Ruiz", user_id=uuid4(), roles=frozenset({Role.LEAD}))
QUALITY = Actor(ActorKind.USER, "P. Okafor", user_id=uuid4(), roles=frozenset({Role.QUALITY_MANAGER}))


def events(clock):
    rows = ClockEvent.objects.filter(clock_id=clock.id).order_by("rev")
    return [(row.rev, row.kind, row.at) for row in rows]


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


def change_track(matter, kind, track, at):
    with acting(at) as this:
        replace_clock(this=this, matter=matter, kind=kind, track=track, reason=f"track {track}")
    return [(row.cycle, row.get_state_display(), row.policy.track) for row in clocks_of(matter.pk)]


@pytest.mark.parametrize(("at", "verdict"), [(MONDAY, "Cancelled"), (utc(2026, 6, 26, 14), "Missed")])
def test_a_change_of_track_ends_one_cycle_and_starts_the_next_in_one_act(at, verdict):
    matter = start("resolve", MONDAY, track="standard").matter

    assert change_track(matter, "resolve", "complex", at) == [(1, verdict, "standard"), (2, "Running", "complex")]
    assert clocks_of(matter.pk)[1].started_at == MONDAY


def test_a_track_that_asks_for_the_same_leaves_the_clock_alone():
    matter = start("acknowledge", MONDAY, track="standard").matter

    assert change_track(matter, "acknowledge", "complex", MONDAY) == [(1, "Running", "standard")]


def test_a_promise_that_is_broken_under_either_track_is_broken_once():
    matter = start("acknowledge", MONDAY, track="standard").matter

    assert change_track(matter, "acknowledge", "expedited", utc(2026, 6, 26)) == [(1, "Running", "standard")]


def test_a_change_of_track_starts_nothing_that_is_not_owed_any_more():
    clock = complete(start("resolve", MONDAY, track="standard"), MONDAY)

    assert change_track(clock.matter, "resolve", "complex", MONDAY) == [(1, "Met", "standard")]


def pause(clock, at, *, told_at=None):
    with acting(told_at or at) as this:
        pause_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at, reason="waiting_for_member")
    return fresh(clock)


def resume(clock, at, *, told_at=None):
    with acting(told_at or at) as this:
        resume_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at)
    return fresh(clock)


def waited_and_replaced(track, *, resumed_at, at):
    """Return both clocks of a complaint of June 1 that waited from June 2 on and was assessed anew."""
    clock = start("resolve", MONDAY, track="standard")
    pause(clock, utc(2026, 6, 2, 14))
    if resumed_at:
        resume(clock, resumed_at)
    change_track(clock.matter, "resolve", track, at)
    assert list(misfolded_clocks()) == []
    return clocks_of(clock.matter_id)


def test_what_was_waited_stays_waited_under_another_track():
    """Thirty days from June 1 and forty days of waiting: without them it would be overdue as it begins."""
    old, new = waited_and_replaced("complex", resumed_at=utc(2026, 7, 11, 16), at=utc(2026, 7, 13, 14))

    assert (old.get_state_display(), new.get_state_display(), new.started_at) == ("Cancelled", "Running", MONDAY)
    assert new.due_at == utc(2026, 8, 10, 4)
    assert not new.is_breached(utc(2026, 7, 13, 14))
    assert events(new) == [
        (1, "start", MONDAY),
        (2, "pause", utc(2026, 6, 2, 14)),
        (3, "resume", utc(2026, 7, 11, 16)),
    ]
    assert ClockEvent.objects.get(clock_id=new.id, rev=1).reason == "track complex"


def test_a_clock_that_waits_goes_on_waiting_under_another_track():
    _, new = waited_and_replaced("complex", resumed_at=None, at=utc(2026, 7, 13, 14))

    assert (new.state, new.paused_at, new.next_fire_at) == (ClockState.PAUSED, utc(2026, 6, 2, 14), None)
    assert resume(new, utc(2026, 7, 20, 14)).due_at == utc(2026, 8, 19, 4)


def test_a_wait_counts_where_the_new_track_never_pauses_and_its_start_says_so():
    _, new = waited_and_replaced("expedited", resumed_at=None, at=utc(2026, 6, 3, 14))

    assert (new.state, new.due_at) == (ClockState.RUNNING, MONDAY + timedelta(hours=72))
    assert events(new) == [(1, "start", MONDAY)]
    reason = ClockEvent.objects.get(clock_id=new.id).reason
    assert reason == "track expedited; not taken over in full: pause"


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


def extend(clock, actor, amount):
    with acting(utc(2026, 6, 8, 14), actor) as this:
        extend_clock(
            this=this,
            matter_id=clock.matter_id,
            kind=clock.kind,
            at=utc(2026, 6, 8, 14),
            amount=amount,
            reason="dependency",
        )
    return fresh(clock)


def test_only_whom_the_policy_names_may_extend():
    clock = start("capa_action", MONDAY, budget=10)
    with pytest.raises(ClockRefused, match="cannot extend capa_action: only quality_manager may"):
        extend(clock, LEAD, 5)

    extended = extend(clock, QUALITY, 5)
    assert (extended.due_at, extended.epoch, extended.extended) == (utc(2026, 6, 17, 4), 2, 5)
    assert extended.next_fire_at == utc(2026, 6, 9, 12)  # half of fifteen days
    assert ClockEvent.objects.get(clock_id=clock.id, kind="extend").actor_id == QUALITY.user_id


def test_every_row_is_the_fold_of_its_events_and_a_forged_row_is_found():
    clock = start("resolve", MONDAY, track="standard")
    complete(start("acknowledge", MONDAY, track="standard"), utc(2026, 8, 1))
    extend(start("capa_action", MONDAY, budget=10), QUALITY, 5)
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
