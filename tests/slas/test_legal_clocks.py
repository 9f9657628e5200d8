"""No clock that the law counts ever pauses: every obligation of every pack, by the operations."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slas.fold import ClockRefused, EventKind, Happening, State, Terms, step
from slas.models import ClockEvent
from slas.operations import pause_clock
from slas.trace import explain_due
from tests.slas.calendars import published
from tests.slas.clocks import acting, fresh, start
from tests.slas.test_packs_of_law import EVERY, OFF, PACKS

POLICIES = [policy for pack in PACKS.values() for policy in pack]


def a_start(policy):
    """Return an instant on a day on which the obligation is in force."""
    day = date(2026, 6, 1)
    if policy.effective_to is not None and policy.effective_to <= day:
        day = policy.effective_to - timedelta(days=1)
    return datetime.combine(max(day, policy.effective_from + timedelta(days=1)), time(14), UTC)


def offer(policy):
    """Return what can be done instead of a pause."""
    if policy.extension is None:
        return "It cannot be extended either: answer by the due date."
    most = policy.extension.max_units
    words = f"{most} days" if policy.rule.measure.is_days else f"{most // 3600} hours"
    return f"Extend it instead, by up to {words}, with a reason and a notice to the member."


@pytest.mark.django_db
@pytest.mark.parametrize("policy", EVERY)
def test_a_legal_clock_refuses_a_pause_and_offers_what_the_pack_has(policy, settings):
    settings.ENABLED_PACKS = sorted(OFF)
    at, budget = a_start(policy), 10 if policy.budget is None else None
    clock = start(policy.obligation, at, track=policy.track, pack=policy.pack, budget=budget)
    with pytest.raises(ClockRefused) as refused, acting(at) as this:
        pause_clock(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at, reason="waiting_for_member")

    assert str(refused.value) == (
        f"cannot pause {policy.name}: this clock never pauses ({policy.clause}). {offer(policy)}"
    )
    assert fresh(clock).due_at == clock.due_at
    assert ClockEvent.objects.filter(clock_id=clock.id).count() == 1


def test_some_packs_offer_an_extension_and_some_cannot():
    assert {policy.extension is None for policy in POLICIES} == {True, False}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(POLICIES),
    st.lists(st.integers(1, 20 * 1440), min_size=2, max_size=6),
    st.sampled_from(["waiting_for_member", "holiday", ""]),
)
def test_pausing_never_moves_a_legal_clock(policy, minutes, reason):
    terms, at = Terms(published(policy.calendar), policy), a_start(policy)
    begun = Happening(EventKind.START, at, units=policy.rule.measure.units(policy.budget or 10))
    face = step(terms, None, begun)
    for kind, wait in zip(cycle([EventKind.PAUSE, EventKind.RESUME]), minutes, strict=False):
        at += timedelta(minutes=wait)
        with suppress(ClockRefused):
            face = step(terms, face, Happening(kind, at, reason=reason))

    unmoved = explain_due(terms.calendar, policy.rule, begun.at, begun.units, [], [])
    assert (face.state, face.due_at) == (State.RUNNING, unmoved.due_at)
