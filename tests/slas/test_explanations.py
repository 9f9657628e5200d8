"""Why this date: the trace of every clock adds up to the date that its row shows, whatever happened to it."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.actors import SYSTEM, Role
from slas.explanations import explain, explain_clock
from slas.fold import ClockRefused, EventKind, Happening, State, step
from slas.models import PolicyVersion
from slas.operations import (
    cancel_clock,
    complete_clock,
    extend_clock,
    pause_clock,
    publish_policies,
    rebase_clocks,
    resume_clock,
)
from slas.policy import Extension
from slas.trace import Why
from tests.slas.calendars import utc
from tests.slas.clocks import acting, fresh, start
from tests.slas.corrections import correct
from tests.slas.packs import house_terms
from tests.slas.test_trace import amount, odd_calendars, rules

PAUSABLE = house_terms("resolve", "standard")
ANY_EXTENSION = Extension(9, 10**12, (), ("asked",), "")
MONDAY = utc(2026, 6, 1, 14)
HOUR = timedelta(hours=1)
WHAT = st.sampled_from([kind for kind in EventKind if kind is not EventKind.START])
HAPPENINGS = st.lists(st.tuples(WHAT, st.integers(0, 4000), st.integers(1, 4)), max_size=8)


def lived(terms, started_at, days, happenings):
    """Return the face that what could happen made, and the events that did."""
    events = [Happening(EventKind.START, started_at, units=amount(terms.policy.rule, days))]
    face, at = step(terms, None, events[0]), started_at
    for kind, minutes, more in happenings:
        at += timedelta(minutes=minutes)
        reason = {"pause": "waiting_for_member", "extend": "asked"}.get(kind, "")
        units = amount(terms.policy.rule, more) if kind is EventKind.EXTEND else 0
        event = Happening(kind, at, units=units, reason=reason)
        try:
            face = step(terms, face, event)
        except ClockRefused:
            continue
        events.append(event)
    return face, events, at


@settings(max_examples=300, deadline=None)
@given(odd_calendars(), rules, st.integers(1, 12), HAPPENINGS)
def test_whatever_happened_the_trace_adds_up_to_the_date_of_the_clock(case, rule, days, happenings):
    calendar, started_at = case
    policy = replace(PAUSABLE.policy, rule=rule, extension=ANY_EXTENSION)
    terms = replace(PAUSABLE, calendar=calendar, policy=policy)
    face, events, at = lived(terms, started_at, days, happenings)

    found = explain(terms, face, events, at=at + HOUR)

    assert found.adds_up
    if face.state is State.PAUSED:
        resumed = step(terms, face, Happening(EventKind.RESUME, at + HOUR))
        assert found.trace_if_resumed.adds_up
        assert found.trace_if_resumed.due_at == resumed.due_at
    else:
        assert found.trace_if_resumed is None


@pytest.fixture
def every_pack(db, settings):  # noqa: ARG001 -- the database must be there
    publish_policies()
    rows = list(PolicyVersion.objects.order_by("pack", "obligation", "track", "effective_from"))
    settings.ENABLED_PACKS = sorted({row.pack for row in rows})
    return rows


def test_the_trace_adds_up_for_clocks_that_the_operations_made_of_every_pack(every_pack):
    chance, lives = random.Random(2026), 0  # noqa: S311 -- for variety, not for secrets
    manager = replace(SYSTEM, roles=frozenset({Role.LEAD, Role.QUALITY_MANAGER}))
    for policy in every_pack:
        for _ in range(3):
            last = policy.effective_to or policy.effective_from.replace(year=2029)
            days = max((last - policy.effective_from).days - 1, 1)
            began = utc(*policy.effective_from.timetuple()[:3], 15) + timedelta(days=chance.randrange(days))
            given = {} if policy.budget else {"budget": chance.randint(1, 25)}
            clock = start(policy.obligation, began, track=policy.track, pack=policy.pack, actor=manager, **given)
            clock = live(clock, policy, chance, manager)
            found = explain_clock(clock, at=began + timedelta(days=20))
            assert found.adds_up, (policy, found.events)
            lives += 1
    assert lives == 3 * len(every_pack)


def live(clock, policy, chance, actor):
    """Let the operations do to a clock what its policy allows, in a random order at random times."""
    deeds = [(complete_clock, {}), (resume_clock, {}), (cancel_clock, {"reason": "withdrawn"})]
    if policy.pause_reasons:
        deeds += 3 * [(pause_clock, {"reason": policy.pause_reasons[0]})]
    if policy.extension:
        deeds += 2 * [(extend_clock, {"amount": 2, "reason": policy.extension["reasons"][0]})]
    at = clock.started_at
    for _ in range(chance.randrange(6)):
        at += timedelta(minutes=chance.randrange(3000))
        operation, told = chance.choice(deeds)
        try:
            with acting(at, actor) as this:
                operation(this=this, matter_id=clock.matter_id, kind=clock.kind, at=at, **told)
        except ClockRefused:
            continue
    return fresh(clock)


@pytest.mark.django_db
def test_an_open_pause_shows_where_the_date_would_be_if_it_went_on_now():
    publish_policies()
    clock = start("resolve", MONDAY, track="standard")
    with acting(MONDAY + 48 * HOUR) as this:
        pause_clock(
            this=this, matter_id=clock.matter_id, kind="resolve", at=MONDAY + 48 * HOUR, reason="waiting_for_member"
        )
    found = explain_clock(fresh(clock), at=MONDAY + 120 * HOUR)

    assert found.trace.due_at == clock.due_at == utc(2026, 6, 23, 21)
    assert found.on_show.due_at == utc(2026, 6, 26, 21)
    assert [step.on.day for step in found.on_show.steps if step.why is Why.PAUSE] == [3, 4, 5]


@pytest.mark.django_db
def test_a_rebased_clock_is_explained_by_the_calendar_that_it_counts_by_now():
    publish_policies()
    clock = start("resolve", MONDAY, track="standard")
    corrected = correct("house", closed=[date(2026, 6, 15)])
    list(rebase_clocks(actor=SYSTEM, at=MONDAY + 48 * HOUR, calendar=corrected))
    found = explain_clock(fresh(clock), at=MONDAY + 72 * HOUR)

    assert found.adds_up
    assert found.trace.due_at == clock.due_at + 24 * HOUR
    assert found.trace.calendar_version == corrected.version
    assert [event.kind for event in found.events] == [EventKind.START, EventKind.REBASE]
    (holiday,) = (step for step in found.trace.steps if step.on == date(2026, 6, 15))
    assert (holiday.why, holiday.holiday) == (Why.HOLIDAY, "Found out later")


@pytest.mark.django_db
def test_an_explanation_takes_one_query_and_is_codes_and_numbers_as_data(django_assert_num_queries):
    publish_policies()
    clock = start("message_reply", MONDAY)
    with acting(MONDAY + 30 * HOUR) as this:
        complete_clock(this=this, matter_id=clock.matter_id, kind="message_reply", at=MONDAY + 30 * HOUR)
    clock = fresh(clock)
    with django_assert_num_queries(1):
        found = explain_clock(clock, at=MONDAY + 31 * HOUR)
    data = found.as_data()

    assert (data["state"], data["verdict"], data["overdue"], data["cycle"]) == ("missed", "missed", False, 1)
    assert data["due_at"] == data["trace"]["due_at"] == "2026-06-02T14:00:00Z"
    assert data["rule"]["clause"] == "House policy 6; ISO 10002:2018, 4.6"
    assert [(event["kind"], event.get("units")) for event in data["events"]] == [("start", 86_400), ("complete", None)]
    assert [(one["code"], one["at"]) for one in data["thresholds"]] == [
        (50, "2026-06-02T02:00:00Z"),
        (80, "2026-06-02T09:12:00Z"),
        (100, "2026-06-02T14:00:00Z"),
    ]
    ours = {"thresholds", "mark", "consequence", "reason"}
    own = found.as_data(for_member=True)
    assert not ours & {*own, *own["rule"], *(name for event in own["events"] for name in event)}
