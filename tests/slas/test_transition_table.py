"""The transition table, cell by cell, by the public operations on the real database."""

from itertools import product

import pytest
from django.db import connection

from members.actors import SYSTEM
from slas.models import Clock, ClockEvent, EventKind, Firing
from slas.operations import (
    ClockRefused,
    cancel_clock,
    complete_clock,
    extend_clock,
    pause_clock,
    rebase_clocks,
    reopen_clock,
    resume_clock,
    start_clock,
)
from slas.queries import misfolded_clocks
from slas.sweep import fire_everything
from tests.slas.calendars import utc
from tests.slas.clocks import acting, clocks_of, open_one
from tests.slas.corrections import correct
from tests.slas.drill import ASKED, KIND, PACK, REASON, drill_published

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, WEDNESDAY = (utc(2026, 6, day, 14) for day in (1, 2, 3))
LATER, LATE, LATER_STILL = utc(2026, 6, 10, 14), utc(2026, 7, 30, 14), utc(2026, 8, 3, 14)


def by(operation, **given):
    """Return what does the operation to a matter at a moment."""

    def happen(matter, at):
        with acting(at) as this:
            return operation(this=this, matter_id=matter.pk, kind=KIND, at=at, **given)

    return happen


def begin(matter, at):
    with acting(at) as this:
        return start_clock(this=this, matter=matter, obligation=KIND, pack=PACK, started_at=at)


def rebase(_, at):
    return [outcome for taken in rebase_clocks(actor=SYSTEM, at=at, calendar=correct("house")) for outcome in taken]


def fire(_, at):
    with connection.cursor() as cursor:
        return fire_everything(cursor, now=at, who="test")


EVENTS = {
    "start": begin,
    "pause": by(pause_clock, reason=REASON),
    "resume": by(resume_clock),
    "extend": by(extend_clock, amount=5, reason=ASKED),
    "complete": by(complete_clock),
    "cancel": by(cancel_clock, reason="withdrawn"),
    "reopen": by(reopen_clock),
    "rebase": rebase,
    "fire": fire,
}
LIVES = {  # what has happened until then
    "none": [],
    "Running": [("start", MONDAY)],
    "Paused": [("start", MONDAY), ("pause", TUESDAY)],
    "Met": [("start", MONDAY), ("complete", WEDNESDAY)],
    "Missed": [("start", MONDAY), ("complete", LATE)],
    "Cancelled": [("start", MONDAY), ("cancel", WEDNESDAY)],
}
REFUSED, NOTHING, FIRES, NEXT_CYCLE = "refused", "nothing", "fires", "next cycle"
# Rows: what happens. Columns: none, running, paused, met, missed, cancelled. Else the state it leads to.
TABLE = {
    "start": ["Running", REFUSED, REFUSED, NEXT_CYCLE, NEXT_CYCLE, NEXT_CYCLE],
    "pause": [NOTHING, "Paused", REFUSED, NOTHING, NOTHING, NOTHING],
    "resume": [NOTHING, REFUSED, "Running", NOTHING, NOTHING, NOTHING],
    "extend": [NOTHING, "Running", "Paused", NOTHING, NOTHING, NOTHING],
    "complete": [NOTHING, "Met", "Met", NOTHING, NOTHING, NOTHING],
    "cancel": [NOTHING, "Cancelled", "Cancelled", NOTHING, NOTHING, NOTHING],
    "reopen": [REFUSED, REFUSED, REFUSED, NEXT_CYCLE, NEXT_CYCLE, NEXT_CYCLE],
    "rebase": [NOTHING, "Running", "Paused", NOTHING, NOTHING, NOTHING],
    "fire": [NOTHING, FIRES, NOTHING, NOTHING, NOTHING, NOTHING],
}


@pytest.fixture(autouse=True)
def drill():
    with drill_published():
        yield


@pytest.fixture
def matter():
    return open_one(MONDAY)


def rows(matter):
    return [(row["cycle"], row) for row in Clock.objects.filter(matter_id=matter.pk).order_by("cycle").values()]


def states(matter):
    return [clock.get_state_display() for clock in clocks_of(matter.pk)]


@pytest.mark.parametrize(("event", "state"), list(product(TABLE, LIVES)))
def test_each_cell_of_the_transition_table(matter, event, state):
    outcome = TABLE[event][list(LIVES).index(state)]
    for former, at in LIVES[state]:
        EVENTS[former](matter, at)
    at = LATER_STILL if state == "Missed" else LATER
    before, revisions = rows(matter), ClockEvent.objects.count()
    firings = Firing.objects.count()

    if outcome == REFUSED:
        with pytest.raises(ClockRefused, match=f"^cannot {event} answer: it "):
            EVENTS[event](matter, at)
    else:
        EVENTS[event](matter, at)

    if outcome in {REFUSED, NOTHING}:
        assert rows(matter) == before
    elif outcome == FIRES:
        ((_, row),) = rows(matter)
        assert (row["next_seq"], row["rev"], Firing.objects.count()) == (2, 1, firings + 1)
    elif outcome == NEXT_CYCLE:
        assert rows(matter)[:-1] == before
        assert states(matter) == [state, "Running"]
    else:
        assert states(matter) == [outcome]
    happened = outcome not in {REFUSED, NOTHING, FIRES}
    assert ClockEvent.objects.count() == revisions + happened
    assert list(misfolded_clocks()) == []


def test_the_table_knows_every_event_and_every_state():
    assert set(TABLE) == set(EVENTS) == {*(kind.value for kind in EventKind), "reopen", "fire"}
    assert set(LIVES) == {"none", "Running", "Paused", "Met", "Missed", "Cancelled"}
    assert {len(row) for row in TABLE.values()} == {len(LIVES)}
