"""A complaint that is assessed anew: what was promised, broken and waited before still counts."""

from datetime import timedelta
from uuid import uuid4

import pytest

from members.actors import Actor, ActorKind, Role
from slas.models import ClockEvent, ClockState
from slas.operations import (
    replace_clock,
)
from slas.queries import misfolded_clocks
from tests.slas.calendars import utc
from tests.slas.clocks import (
    acting,
    clocks_of,
    complete,
    events,
    pause,
    resume,
    start,
)

pytestmark = pytest.mark.django_db
MONDAY = utc(2026, 6, 1, 14)
LEAD = Actor(ActorKind.USER, "D. Ruiz", user_id=uuid4(), roles=frozenset({Role.LEAD}))


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
