"""Laws that hold for every deadline, whatever the calendar."""

from datetime import date, timedelta
from functools import cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from slas.algebra import Align, DayEnd, Line, Measure, Rule, StartRule, Threshold
from slas.calendar import micros, moment
from tests.slas.calendars import OFFICE, make_calendar, utc

ZONES = ["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham"]
SPLIT = OFFICE | {"wed": [["08:30", "12:00"], ["13:00", "17:30"]], "sat": [["22:00", "24:00"]]}
CALENDARS = {zone: make_calendar(zone, SPLIT, years=(2024, 2027)) for zone in ZONES}
LAWS = settings(max_examples=100, deadline=None)
calendars = st.sampled_from(sorted(CALENDARS)).map(CALENDARS.get)
measures = st.sampled_from(Measure)
instants = st.integers(0, 500 * 86_400 * 1_000_000).map(lambda us: utc(2024, 6, 1) + timedelta(microseconds=us))
amounts = st.integers(0, 40)
rules = st.builds(Rule, measures, st.sampled_from(StartRule), st.sampled_from([DayEnd.CLOSE, DayEnd.MIDNIGHT]))
any_rules = st.builds(Rule, measures, st.sampled_from(StartRule), st.sampled_from(DayEnd))


@cache
def with_holidays(holidays):
    return make_calendar(holidays=holidays, years=(2024, 2026))


def started(calendar, rule, at):
    line = Line(calendar, rule, at)
    return line, line.position(line.begin())


@LAWS
@given(calendars, rules, instants, amounts, amounts)
def test_adding_twice_is_adding_the_sum(calendar, rule, at, first, second):
    assume(first > 0 or rule.start_rule is StartRule.INSTANT)
    line, start = started(calendar, rule, at)
    first, second = rule.measure.units(first * 3600), rule.measure.units(second * 3600)
    if rule.measure.is_days:
        first, second = first // 3600, second // 3600
    between = line.due_at(start + first)
    from_there = Line(calendar, Rule(rule.measure, day_end=rule.day_end), between)

    assert from_there.due_at(from_there.position(from_there.begin()) + second) == line.due_at(start + first + second)


@LAWS
@given(instants, st.sampled_from([Measure.BUSINESS_DAYS, Measure.CALENDAR_DAYS]), st.integers(1, 40), amounts)
def test_adding_twice_is_adding_the_sum_where_days_end_at_the_same_time(at, measure, first, second):
    """Where the clocks never change, that is; else the second start may be an hour that the first one never saw."""
    rule = Rule(measure, day_end=DayEnd.SAME_TIME)
    line, start = started(CALENDARS["Asia/Kolkata"], rule, at)
    from_there, start_there = started(CALENDARS["Asia/Kolkata"], rule, line.due_at(start + first))

    assert from_there.due_at(start_there + second) == line.due_at(start + first + second)


@LAWS
@given(calendars, rules, instants, amounts)
def test_the_inverse_gives_the_position_back(calendar, rule, at, amount):
    line, start = started(calendar, rule, at)

    assert line.position(line.reach(start + amount)) == start + amount


@LAWS
@given(calendars, rules, instants, st.integers(1, 40))
def test_nothing_is_due_before_its_budget_has_passed(calendar, rule, at, amount):
    line, start = started(calendar, rule, at)
    due = micros(line.due_at(start + amount))

    assert line.position(due) >= start + amount
    assert line.position(due - 1) < start + amount


@LAWS
@given(calendars, rules, instants, instants, amounts)
def test_who_starts_later_is_never_due_earlier(calendar, rule, one, other, amount):
    early, late = sorted((one, other))
    dues = [line.due_at(start + amount) for line, start in (started(calendar, rule, at) for at in (early, late))]

    assert dues[0] <= dues[1]


@LAWS
@given(any_rules, instants, amounts, st.integers(0, 60).map(lambda n: 5 * n))
def test_a_new_holiday_never_makes_a_date_earlier(rule, at, amount, day):
    holiday = date(2024, 6, 1) + timedelta(days=day)
    dues = []
    for holidays in ((), (holiday,)):
        line, start = started(with_holidays(holidays), rule, at)
        dues.append(line.due_at(start + amount))

    assert dues[0] <= dues[1]


@LAWS
@given(calendars, rules, instants, st.integers(1, 40), st.integers(0, 999), st.integers(0, 999))
def test_a_greater_share_of_the_budget_is_never_reached_earlier(calendar, rule, at, budget, low, high):
    line, start = started(calendar, rule, at)
    due = line.due_at(start + budget)
    shares = [
        Threshold(1, permille=min(low, high)),
        Threshold(2, permille=max(low, high)),
        Threshold(100, permille=1000),
    ]
    reached = line.thresholds_at(shares, budget=budget, due_pos=start + budget, due_at=due)
    found = {code: at for at, code in reached}

    assert found[100] == due
    assert found.get(1, moment(line.begin())) <= found.get(2, due) <= due


@LAWS
@given(calendars, instants, st.integers(1, 40))
def test_a_reminder_that_waits_for_the_opening_comes_in_opening_hours_and_before_the_date(calendar, at, budget):
    line, start = started(calendar, Rule(Measure.CALENDAR_DAYS, StartRule.NEXT_DAY, DayEnd.MIDNIGHT), at)
    due = line.due_at(start + budget)
    shares = [Threshold(50, Align.OPEN, permille=500)]
    for reminded_at, _ in line.thresholds_at(shares, budget=budget, due_pos=start + budget, due_at=due):
        assert reminded_at < due
        assert calendar.is_open(micros(reminded_at)) or calendar.next_open(micros(reminded_at)) >= micros(due)
