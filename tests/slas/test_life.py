"""The lives of clocks by the public operations, in simulated time, beside clocks that are reckoned the slow way.

In the suite a few dozen lives are lived; REDRESS_LIVES=1000 makes it as many.
"""

import os
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from members.actors import SYSTEM
from slas.faces import is_fold
from slas.models import CalendarVersion, Clock, ClockEvent, ClockState, Firing
from slas.operations import (
    ClockRefused,
    cancel_clock,
    complete_clock,
    extend_clock,
    pause_clock,
    rebase_clocks,
    reopen_clock,
    replace_clock,
    resume_clock,
    start_clock,
)
from slas.operations.rebase_clocks import Fate
from slas.sweep import fire_everything
from slas.versions import in_force, terms_of
from tests.slas.calendars import published, utc
from tests.slas.clocks import acting, clocks_of, open_one
from tests.slas.corrections import correct
from tests.slas.drill import ANSWER, ASKED, KIND, PACK, REASON, drill_published
from tests.slas.slow_clock import Impossible, SlowClock, Walk

LIVES = int(os.environ.get("REDRESS_LIVES", "20"))
BEGINNING, DAYS, LATEST = utc(2026, 6, 1), 120, utc(2026, 7, 10)
LIMITS = {
    "5 business days": "20 business days",
    "12 business hours": "40 business hours",
    "6 calendar days": "20 calendar days",
    "60 hours": "60 hours",
}
LONGER = {
    "5 business days": "9 business days",
    "12 business hours": "30 business hours",
    "6 calendar days": "11 calendar days",
    "60 hours": "100 hours",
}
MOST_EXTENSIONS = {"": 3, "longer": 1, "strict": 0}
CORRECTIONS = [  # each adds to the one before
    {"closed": [date(2026, 6, 9), date(2026, 6, 10)]},
    {"opened": [date(2026, 6, 19), date(2026, 7, 3)], "closed": [date(2026, 6, 30)]},
]
RUNNING, PAUSED, MET, MISSED, CANCELLED = ClockState
OPEN = {RUNNING, PAUSED}
REFUSED = "refused"
AROUND_DUE = {name: timedelta(microseconds=n) for name, n in (("nearly due", -1), ("due", 0), ("just late", 1))}
waits = st.sampled_from([0, 0, 1, 60, 1440, *AROUND_DUE]) | st.integers(0, 4000)
brief = st.sampled_from([0, 1, 60]) | st.integers(0, 1440)
tracks = st.sampled_from(["", "longer", "strict"])


@cache
def walk_along(holidays):
    """Return the walk along the house calendar with these holidays; all lives share it."""
    definition = replace(published("house").definition, holidays=dict.fromkeys(holidays, ""))
    return Walk(definition, BEGINNING - timedelta(days=3), DAYS)


def walk_of(row):
    return walk_along(tuple(sorted(map(date.fromisoformat, row.holidays))))


class Lives(RuleBasedStateMachine):
    """One matter, its clocks of one kind, and what the slow way says about the latest of them."""

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self):
        self.drill.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(
        limit=st.sampled_from(sorted(LIMITS)),
        counted_from=st.sampled_from(["instant", "next_day", "next_open"]),
        day_end=st.sampled_from(["close", "midnight", "same_time"]),
        started=st.integers(0, 4 * 1440),
    )
    def begin(self, limit, counted_from, day_end, started):
        extension = ANSWER["extension"] | {"max_total": LIMITS[limit]}
        self.drill = drill_published(
            {"tracks": ["longer"], "limit": LONGER[limit], "extension": extension | {"max_count": 1}},
            {"tracks": ["strict"], "limit": LONGER[limit], "pause_reasons": None, "extension": None},
            limit=limit,
            counted_from=counted_from,
            day_end=day_end,
            extension=extension,
        )
        self.drill.__enter__()
        self.now = BEGINNING + timedelta(minutes=started)
        self.calendars = [CalendarVersion.objects.get(calendar="house")]
        self.matter, self.former = open_one(self.now), []
        with acting(self.now) as this:
            clock = start_clock(this=this, matter=self.matter, obligation=KIND, pack=PACK, started_at=self.now)
        self.policy = terms_of(clock.policy_id, clock.calendar_id).policy
        self.new_cycle()

    def new_cycle(self):
        self.life = SlowClock(walk_of(self.calendars[0]), self.policy.rule, self.now, self.owed(self.policy))
        self.state, self.due_at, self.counts_by, self.extensions = RUNNING, self.life.due_at(), self.calendars[0], 0

    def owed(self, policy):
        return policy.budget if policy.rule.measure.is_days else timedelta(seconds=policy.budget)

    def happen(self, operation, **given):
        """Return what the operation returns, or that it was refused."""
        try:
            with acting(self.now) as this:
                return operation(this=this, matter_id=self.matter.pk, kind=KIND, at=self.now, **given)
        except ClockRefused:
            return REFUSED

    def becomes(self, state, *happening):
        """Let the slow clock live on."""
        if happening:
            self.life = self.life.and_then(*happening)
            self.due_at = self.life.due_at()
        self.state = state

    @property
    def is_overdue(self):
        return self.state is RUNNING and self.now > self.due_at

    def later(self, after):
        """Let minutes pass, or the time until it is due."""
        if after in AROUND_DUE:
            if self.state is RUNNING and self.due_at < LATEST:
                self.now = max(self.now, self.due_at + AROUND_DUE[after])
        elif self.now < LATEST:
            self.now += timedelta(minutes=after)

    @rule(after=waits)
    def pause(self, after):
        self.later(after)
        outcome = self.happen(pause_clock, reason=REASON)
        if self.state is RUNNING and self.now < self.due_at and self.policy.track != "strict":
            self.becomes(PAUSED, "pause", self.now)
        else:
            assert outcome == (REFUSED if self.state in OPEN else None)

    @rule(after=waits)
    def resume(self, after):
        self.later(after)
        outcome = self.happen(resume_clock)
        if self.state is PAUSED:
            self.becomes(RUNNING, "resume", self.now)
        else:
            assert outcome == (REFUSED if self.state is RUNNING else None)

    @rule(after=waits, amount=st.integers(1, 5))
    def extend(self, after, amount):
        self.later(after)
        days = self.policy.rule.measure.is_days
        outcome = self.happen(extend_clock, amount=amount if days else amount * 3600, reason=ASKED)
        if self.state in OPEN and self.extensions < MOST_EXTENSIONS[self.policy.track] and not self.is_overdue:
            self.extensions += 1
            self.becomes(self.state, "extend", self.now, amount if days else timedelta(hours=amount))
        else:
            assert outcome == (REFUSED if self.state in OPEN else None)

    @rule(after=waits)
    def complete(self, after):
        self.later(after)
        outcome = self.happen(complete_clock)
        if self.state in OPEN:
            if self.state is PAUSED:
                self.becomes(RUNNING, "resume", self.now)
            self.becomes(MET if self.now <= self.due_at else MISSED)
        else:
            assert outcome is None

    @rule(after=waits)
    def cancel(self, after):
        self.later(after)
        outcome = self.happen(cancel_clock, reason="withdrawn")
        if self.state in OPEN:
            self.becomes(MISSED if self.is_overdue else CANCELLED)
        else:
            assert outcome is None

    @rule(after=waits)
    def reopen(self, after):
        self.later(after)
        former = list(Clock.objects.filter(matter_id=self.matter.pk).order_by("cycle").values())
        outcome = self.happen(reopen_clock)
        if self.state in OPEN:
            assert outcome == REFUSED
        else:
            self.former = former
            self.new_cycle()

    @rule(after=brief, track=tracks)
    def replace(self, after, track):
        self.later(after)
        former = list(Clock.objects.filter(matter_id=self.matter.pk).order_by("cycle").values())
        with acting(self.now) as this:
            clock = replace_clock(this=this, matter=self.matter, kind=KIND, track=track, reason="assessed anew")
        if self.state not in OPEN:
            assert clock is None
        elif track != self.policy.track:
            life, state, extensions = self.succeeded(track)
            if self.is_overdue and life.due_at() < self.now:
                return
            assert Clock.objects.get(pk=(self.matter.pk, former[-1]["id"])).state == (
                MISSED if self.is_overdue else CANCELLED
            )
            self.former = list(Clock.objects.filter(matter_id=self.matter.pk).order_by("cycle").values())[:-1]
            self.policy = terms_of(clock.policy_id, clock.calendar_id).policy
            self.life, self.due_at, self.state, self.extensions = life, life.due_at(), state, extensions

    @rule(after=brief, waited=brief, goes_on=st.booleans(), amount=st.integers(0, 5), track=tracks)
    def wait_and_replace(self, after, waited, goes_on, amount, track):
        """Left to chance, a clock that has waited is hardly ever replaced while it is in time."""
        self.pause(after)
        if amount:
            self.extend(0, amount)
        if not goes_on:
            self.resume(waited)
        self.replace(waited, track)

    def succeeded(self, track):
        """Return the slow clock of another track from the same start: each thing happens again if it still could."""
        policy = terms_of(*in_force(PACK, KIND, track, self.life.started_at)).policy
        life = SlowClock(self.life.walk, policy.rule, self.life.started_at, self.owed(policy))
        paused, extensions = False, 0
        for kind, *at_and_more in self.life.happened:
            possible = {
                "pause": track != "strict",
                "resume": paused,
                "extend": extensions < MOST_EXTENSIONS[track],
            }
            if not possible[kind]:
                continue
            try:
                life.and_then(kind, *at_and_more).due_at()
            except Impossible:
                continue
            life = life.and_then(kind, *at_and_more)
            paused = kind == "pause" or (paused and kind != "resume")
            extensions += kind == "extend"
        return life, PAUSED if paused else RUNNING, extensions

    @rule(after=waits)
    def sweep(self, after):
        self.later(after)
        with connection.cursor() as cursor:
            fire_everything(cursor, now=self.now, who="test")
        clock = clocks_of(self.matter.pk)[-1]
        if self.state is RUNNING:
            assert clock.next_fire_at is None or clock.next_fire_at > self.now
            fired = Firing.objects.filter(clock_id=clock.id, epoch=clock.epoch, code=100).exists()
            assert fired == (self.now >= self.due_at)

    @rule(after=waits, correct_it=st.booleans())
    def rebase(self, after, correct_it):
        self.later(after)
        known = len(self.calendars)
        if correct_it and known <= len(CORRECTIONS):
            newer = correct("house", **CORRECTIONS[known - 1], effective_from=date(2029, 1, known))
            self.calendars.append(newer)
        newest = self.calendars[-1]
        found = [one for taken in rebase_clocks(actor=SYSTEM, at=self.now, calendar=newest) for one in taken]
        assert [one.fate for one in found] == self.fates_by(newest)

    def fates_by(self, newest):
        """Return what must have become of the clock, and take it over if it went."""
        if self.state not in OPEN or self.counts_by == newest:
            return []
        if self.is_overdue:
            return [Fate.OVERDUE]
        life = self.life.by(walk_of(newest))
        try:
            self.due_at = life.due_at()
        except Impossible:
            return [Fate.REFUSED]
        self.life, self.counts_by = life, newest
        return [Fate.REBASED]

    @invariant()
    def the_row_shows_what_the_slow_way_says(self):
        if not hasattr(self, "life"):
            return
        *former, clock = clocks_of(self.matter.pk)
        assert (clock.state, clock.due_at, clock.calendar_id) == (self.state, self.due_at, self.counts_by.pk)
        assert clock.is_breached(self.now) == (self.is_overdue or self.state is MISSED)
        assert is_fold(clock, list(ClockEvent.objects.filter(clock_id=clock.id).order_by("rev")))
        assert [row.pk for row in former] == [(row["matter_id"], row["id"]) for row in self.former]

    @invariant()
    def nothing_fires_early_and_old_verdicts_stand(self):
        if not hasattr(self, "life"):
            return
        assert not Firing.objects.filter(matter_id=self.matter.pk, scheduled_for__gt=self.now).exists()
        assert list(Clock.objects.filter(matter_id=self.matter.pk).order_by("cycle").values())[:-1] == self.former


@pytest.mark.django_db
def test_every_life_of_a_clock_is_what_the_slow_way_says():
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=LIVES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
