"""Days that end at the time of day of the start: the fold, the trace and the tool reckon them alike."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slas.algebra import DayEnd, Line, Measure, Rule, StartRule
from slas.calendar import micros, moment
from slas.due_dates import Shelf, answer_all
from slas.fold import ClockRefused, EventKind, Happening, fold
from slas.trace import explain_due
from tests.slas.calendars import make_calendar, utc
from tests.slas.packs import house_terms
from tests.slas.test_trace import odd_calendars, waits

TERMS = house_terms("resolve", "standard")
SAME_TIME = Rule(Measure.BUSINESS_DAYS, day_end=DayEnd.SAME_TIME)
START = utc(2026, 6, 1, 14)  # a Monday; two business days later is Wednesday at the same time


def folded(*pauses):
    terms = replace(TERMS, policy=replace(TERMS.policy, rule=SAME_TIME))
    happenings = [Happening(EventKind.START, START, units=2)]
    for paused_at, resumed_at in pauses:
        happenings.append(Happening(EventKind.PAUSE, paused_at, reason="waiting_for_member"))
        happenings.append(Happening(EventKind.RESUME, resumed_at))
    return fold(terms, happenings).due_at


def traced(*pauses):
    return explain_due(TERMS.calendar, SAME_TIME, START, 2, pauses).due_at


def told(*pauses):
    question = {"cal": "house", "op": "due_with_pauses", "start": START.isoformat(), "amount": 2}
    question |= {"unit": "business_days", "pauses": [[begin.isoformat(), end.isoformat()] for begin, end in pauses]}
    ((line, _),) = answer_all(BytesIO(json.dumps(question).encode()), Shelf())
    return utc(*map(int, json.loads(line)["result"][:-1].replace("T", "-").replace(":", "-").split("-")))


@pytest.mark.parametrize("reckoned", [folded, traced, told])
def test_a_pause_gives_back_the_days_that_would_have_passed_during_it(reckoned):
    wednesday, thursday, friday = (utc(2026, 6, day, 14) for day in (3, 4, 5))
    hour = timedelta(hours=1)

    assert reckoned() == wednesday
    assert reckoned((wednesday - hour, wednesday + hour)) == thursday  # over the very instant at which it was due
    assert reckoned((wednesday - hour, wednesday)) == thursday
    assert reckoned((wednesday - 23 * hour, wednesday - hour)) == wednesday  # nearly a day, and none passed
    assert reckoned((wednesday - 25 * hour, wednesday + hour)) == friday
    assert reckoned((START, START + hour)) == wednesday


def test_a_clock_that_was_due_on_the_date_of_its_pause_is_not_overdue_when_it_resumes():
    paused_at, resumed_at = utc(2026, 6, 3, 13), utc(2026, 6, 3, 15)

    assert folded((paused_at, resumed_at)) > resumed_at
    with pytest.raises(ClockRefused, match="it was due already"):
        folded((utc(2026, 6, 3, 14), resumed_at))


def test_the_day_of_receipt_passes_at_midnight_and_the_next_at_the_time_of_the_start():
    rule = Rule(Measure.CALENDAR_DAYS, StartRule.NEXT_DAY, DayEnd.SAME_TIME)
    line = Line(make_calendar(), rule, START)

    assert line.due_at(line.position(line.begin()) + 1) == utc(2026, 6, 2, 14)


def test_a_date_that_never_was_is_no_day_at_any_time():
    apia = make_calendar("Pacific/Apia", years=(2011, 2012))
    line = Line(apia, Rule(Measure.CALENDAR_DAYS, day_end=DayEnd.SAME_TIME), utc(2011, 12, 29, 20))  # local 10:00

    assert line.due_at(line.position(line.begin()) + 1) == utc(2011, 12, 30, 20)  # local December 31, 10:00


def test_a_start_in_an_hour_that_comes_twice_passes_when_it_comes_first():
    line = Line(TERMS.calendar, Rule(Measure.CALENDAR_DAYS, day_end=DayEnd.SAME_TIME), utc(2026, 11, 1, 5, 30))

    assert line.due_at(line.position(line.begin())) == utc(2026, 11, 1, 5, 30)
    assert line.due_at(line.position(line.begin()) + 1) == utc(2026, 11, 2, 6, 30)


@settings(max_examples=40, deadline=None)
@given(odd_calendars(), st.sampled_from([Measure.BUSINESS_DAYS, Measure.CALENDAR_DAYS]), st.integers(0, 12), waits)
def test_a_position_is_the_number_of_days_that_have_passed(case, measure, amount, instants):
    calendar, start = case
    line = Line(calendar, Rule(measure, day_end=DayEnd.SAME_TIME), start)
    position = line.position(micros(start)) + amount

    assert line.position(line.reach(position)) == position
    assert line.position(line.reach(position) - 1) < position
    for minutes, _ in instants:
        us = micros(start + timedelta(minutes=minutes))
        assert moment(line.reach(line.position(us))) <= moment(us) < moment(line.reach(line.position(us) + 1))
