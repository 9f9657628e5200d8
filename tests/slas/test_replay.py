"""Folding a past clock's own events under other terms."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from slas.fold import EventKind, Happening, State, Terms, fold
from slas.policy import Extension
from slas.replay import IN_FORCE, Drafted, PastClock, Verdict, bare, replay
from slas.replay_figures import LATE_EITHER_WAY, MOST_KEPT, NEWLY_IN_TIME, NEWLY_LATE, Figures
from tests.slas.calendars import published, utc
from tests.slas.packs import house_terms

MONDAY = utc(2026, 6, 1, 14)
NOW = utc(2026, 9, 1)
STANDARD = house_terms("resolve", "standard")
PAUSE = Happening(EventKind.PAUSE, MONDAY + timedelta(days=2), reason="waiting_for_member")
RESUME = Happening(EventKind.RESUME, MONDAY + timedelta(days=7))


def completed(day):
    return Happening(EventKind.COMPLETE, MONDAY + timedelta(days=day))


def past(*happenings, terms=STANDARD, started_at=MONDAY, budget=15):
    """Return a clock as the fold of its events has left it."""
    start = Happening(EventKind.START, started_at, units=budget)
    face = fold(terms, [start, *happenings])
    none = UUID(int=0)
    return PastClock(
        none, "drill", "resolve", none, none, face.state, started_at, budget, face.due_at, face.ended_at, happenings
    )


def drafted(terms=STANDARD, **changes):
    return Terms(terms.calendar, replace(terms.policy, **changes))


def replayed(clock, terms, own=STANDARD):
    return replay(clock, own.policy, bare(terms), at=NOW)


def test_its_own_terms_give_every_clock_what_it_shows():
    for happenings in (
        (),
        (completed(3),),
        (completed(40),),
        (PAUSE,),
        (PAUSE, RESUME),
        (PAUSE, RESUME, completed(30)),
    ):
        clock = past(*happenings)
        assert replayed(clock, STANDARD).is_as_stored(clock, at=NOW)


def test_a_shorter_limit_makes_late_what_was_in_time():
    clock = past(completed(18))
    came_to = replayed(clock, drafted(budget=10))
    assert (clock.verdict(NOW), came_to.verdict) == (Verdict.IN_TIME, Verdict.LATE)
    assert came_to.due_at == utc(2026, 6, 15, 21)


def test_a_longer_limit_makes_in_time_what_was_late():
    clock = past(completed(30))
    assert clock.verdict(NOW) is Verdict.LATE
    assert replayed(clock, drafted(budget=30)).verdict is Verdict.IN_TIME


def test_a_clock_that_runs_is_judged_by_the_moment():
    clock = past()
    assert replay(clock, STANDARD.policy, drafted(budget=10), at=utc(2026, 6, 16)).verdict is Verdict.OVERDUE
    assert clock.verdict(utc(2026, 6, 16)) is Verdict.OPEN
    assert clock.verdict(utc(2026, 6, 24)) is Verdict.OVERDUE


def test_a_pause_that_the_draft_does_not_allow_is_left_out_with_its_resumption_and_said():
    clock = past(PAUSE, RESUME, completed(23))
    came_to = replayed(clock, drafted(pause_reasons=()))
    assert came_to.due_at == past(completed(23)).due_at < clock.due_at
    (sentence,) = came_to.left_out
    assert sentence.startswith("pause left out: cannot pause resolve (standard): this clock never pauses")


def test_a_pause_that_would_come_too_late_under_the_draft_is_left_out():
    late_pause = Happening(EventKind.PAUSE, MONDAY + timedelta(days=16), reason="waiting_for_member")
    came_to = replayed(past(late_pause), drafted(budget=5))
    assert came_to.left_out == ("pause left out: cannot pause resolve (standard): it was due already",)
    assert came_to.verdict is Verdict.OVERDUE


def test_an_extension_counts_again_where_the_draft_knows_it_and_is_left_out_where_not():
    rule = Extension(1, 14, (), ("member_asked",), "")
    extendable = drafted(extension=rule)
    extension = Happening(EventKind.EXTEND, MONDAY + timedelta(days=3), units=5, reason="member_asked")
    clock = past(extension, completed(25), terms=extendable)
    assert replayed(clock, extendable, extendable).is_as_stored(clock, at=NOW)
    assert replayed(clock, STANDARD, extendable).left_out == (
        f"extend left out: cannot extend resolve (standard): {STANDARD.policy.clause} knows no extension",
    )
    in_hours = drafted(house_terms("message_reply"), extension=replace(rule, max_units=86_400))
    assert "by another unit than it counts in" in replayed(clock, in_hours, extendable).left_out[0]


def test_a_rebase_of_the_past_is_no_event_of_the_draft():
    clock = past(completed(3))
    rebased = replace(clock, happenings=[Happening(EventKind.REBASE, MONDAY + timedelta(days=1)), *clock.happenings])
    assert replayed(rebased, STANDARD).is_as_stored(clock, at=NOW)


def test_what_was_cancelled_in_time_has_no_verdict_unless_the_draft_was_over_before():
    cancelled = Happening(EventKind.CANCEL, MONDAY + timedelta(days=18), reason="complaint withdrawn")
    clock = past(cancelled)
    assert clock.verdict(NOW) is Verdict.NONE
    assert replayed(clock, drafted(budget=5)).verdict is Verdict.LATE


def test_a_limit_that_was_given_at_the_start_stays_the_clock_s_own():
    action = house_terms("capa_action")
    clock = past(terms=action, budget=40)
    assert replayed(clock, action, action).due_at == clock.due_at
    refused = replayed(clock, drafted(house_terms("message_reply"), budget=None), action)
    assert (refused.due_at, "was given a limit in calendar days" in refused.refused) == (None, True)


def test_what_lies_outside_of_the_drafted_calendar_is_refused_in_one_sentence_for_all():
    ct = published("house")
    short = type(ct)(
        replace(ct.definition, first_on=ct.definition.first_on.replace(year=2027)),
        ((-(10**10), -18_000), (10**11, -18_000)),
    )
    sentences = {
        replayed(past(started_at=MONDAY + timedelta(days=day)), Terms(short, STANDARD.policy)).refused for day in (0, 1)
    }
    assert sentences == {
        "resolve (standard) lies outside the reviewed days of calendar 'house' (2027-01-01 to 2030-12-31)"
    }


def test_a_draft_touches_its_obligations_and_those_that_count_by_its_calendar():
    policy = STANDARD.policy
    key = ("house", "resolve", "standard")
    assert IN_FORCE.touches(policy)
    assert Drafted({key: replace(policy, budget=9)}, {}).touches(policy)
    assert not Drafted({("house", "resolve", "complex"): policy}, {}).touches(policy)
    assert Drafted({}, {"house": STANDARD.calendar}).touches(policy)
    assert not Drafted({}, {"us-ct": STANDARD.calendar}).touches(policy)


def figures_of(*pairs):
    figures = Figures(ZoneInfo("America/New_York"))
    for clock, terms in pairs:
        figures.take(clock, STANDARD.policy, replayed(clock, terms), at=NOW)
    return figures


def test_the_figures_of_a_few_clocks_are_those_that_a_person_would_count():
    shorter, longer = drafted(budget=10), drafted(budget=30)
    figures = figures_of(
        (past(completed(3)), shorter),
        (past(completed(18)), shorter),
        (past(completed(30)), longer),
        (past(completed(60)), shorter),
    )
    told = figures.told()
    assert {
        name: told[name] for name in ("clocks", "late_before", "late_after", "newly_late", "newly_in_time", "moved")
    } == {
        "clocks": 4,
        "late_before": 2,
        "late_after": 2,
        "newly_late": 1,
        "newly_in_time": 1,
        "moved": 4,
    }
    assert told["by_month"] == {
        "2026-06": {"clocks": 4, "late_before": 2, "late_after": 2, "newly_late": 1, "newly_in_time": 1}
    }
    assert list(told["by_obligation"]) == ["house: resolve (standard)"]
    assert told["by_week"] == [
        {"week": "2026-06-15", "due_before": 0, "due_after": 3},
        {"week": "2026-06-22", "due_before": 4, "due_after": 0},
        {"week": "2026-06-29", "due_before": 0, "due_after": 0},
        {"week": "2026-07-06", "due_before": 0, "due_after": 0},
        {"week": "2026-07-13", "due_before": 0, "due_after": 1},
    ]
    assert told["shift_days"] == {"-8": 3, "22": 1}
    assert {group: len(lines) for group, lines in figures.kept.items()} == {
        NEWLY_LATE: 1,
        NEWLY_IN_TIME: 1,
        LATE_EITHER_WAY: 1,
    }


def test_what_cannot_be_replayed_is_counted_with_its_reason_and_nowhere_else():
    action = house_terms("capa_action")
    clock = past(terms=action, budget=40)
    figures = Figures(ZoneInfo("UTC"))
    hours = drafted(house_terms("message_reply"), budget=None)
    assert figures.take(clock, action.policy, replay(clock, action.policy, hours, at=NOW), at=NOW) is None
    assert (figures.total.clocks, sum(figures.refused.values())) == (0, 1)


def test_the_lines_that_are_kept_have_an_end_and_the_figures_have_none():
    clock, shorter = past(completed(18)), drafted(budget=10)
    came_to, figures = replayed(clock, shorter), Figures(ZoneInfo("UTC"))
    for _ in range(MOST_KEPT + 5):
        assert figures.take(clock, STANDARD.policy, came_to, at=NOW)
    assert (figures.total.newly_late, len(figures.kept[NEWLY_LATE])) == (MOST_KEPT + 5, MOST_KEPT)


def test_states_are_judged_one_by_one():
    clock = past()
    verdicts = {state: replace(clock, state=state).verdict(NOW) for state in State}
    assert verdicts == {
        State.RUNNING: Verdict.OVERDUE,
        State.PAUSED: Verdict.OPEN,
        State.MET: Verdict.IN_TIME,
        State.MISSED: Verdict.LATE,
        State.CANCELLED: Verdict.NONE,
    }
