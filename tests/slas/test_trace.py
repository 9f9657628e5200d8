"""The trace of a due date: it adds up, and it says what it should."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from slas.algebra import DayEnd, Line, Measure, Rule, StartRule
from slas.calendar import micros, moment
from slas.trace import Why, explain_due
from tests.slas.calendars import make_calendar, published, utc
from tests.slas.test_oracle import ODD_DAYS, hours, walker_start

HOUR = 3600 * 1_000_000
PROVEN = settings(max_examples=150, deadline=None)


@st.composite
def odd_calendars(draw):
    """Return a calendar around a date on which its clocks do something odd, and an instant near that date."""
    tz, odd = draw(st.sampled_from(ODD_DAYS))
    weekly = {day: draw(hours()) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    weekly["wed"] = weekly["wed"] or [["09:00", "17:00"]]
    holidays = [odd + timedelta(days=shift) for shift in draw(st.sets(st.integers(-4, 4), max_size=2))]
    calendar = make_calendar(tz, weekly, holidays, years=(odd.year - 1, odd.year + 1))
    return calendar, walker_start(odd) + timedelta(minutes=draw(st.integers(0, 8 * 1440)))


rules = st.builds(Rule, st.sampled_from(Measure), st.sampled_from(StartRule), st.sampled_from(DayEnd))
waits = st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 3000)), max_size=3)


def amount(rule, days):
    return days if rule.measure.is_days else days * 7 * HOUR


@PROVEN
@given(odd_calendars(), rules, st.integers(0, 12), waits, st.lists(st.integers(1, 4), max_size=2))
def test_the_steps_of_a_trace_add_up_to_the_due_date(case, rule, days, pauses, extensions):
    calendar, start = case
    spans = [(start + timedelta(minutes=a), start + timedelta(minutes=a + n)) for a, n in pauses]
    granted = [(start + timedelta(hours=hour), amount(rule, hour)) for hour in extensions]

    trace = explain_due(calendar, rule, start, amount(rule, days), spans, granted)

    assert trace.adds_up
    assert not trace.steps or trace.steps[-1].left == 0


@PROVEN
@given(odd_calendars(), rules, st.integers(0, 12))
def test_the_due_date_of_a_trace_is_that_of_the_algebra(case, rule, days):
    calendar, start = case
    line = Line(calendar, rule, start)
    trace = explain_due(calendar, rule, start, amount(rule, days))

    assert trace.due_at == line.due_at(line.position(line.begin()) + amount(rule, days))
    assert trace.counts_from == moment(line.begin())
    counted = [step for step in trace.steps if step.counted]
    if not rule.measure.is_days:
        assert all(step.counted == micros(step.ends_at) - micros(step.begins_at) for step in counted)


def story(trace):
    return [(step.on.isoformat()[5:], step.why.value, step.counted, step.left) for step in trace.steps]


def test_a_trace_names_the_weekend_the_holiday_the_pause_and_the_extension():
    rule = Rule(Measure.BUSINESS_DAYS, StartRule.NEXT_DAY, DayEnd.CLOSE)
    pause = (utc(2026, 7, 7, 16), utc(2026, 7, 8, 16))
    trace = explain_due(published("house"), rule, utc(2026, 7, 1, 14), 3, [pause], [(utc(2026, 7, 6, 15), 1)])

    assert story(trace) == [
        ("07-01", "before_count", 0, 3),
        ("07-02", "counted", 1, 2),
        ("07-03", "holiday", 0, 2),
        ("07-04", "closed_day", 0, 2),
        ("07-05", "closed_day", 0, 2),
        ("07-06", "extension", 0, 3),
        ("07-06", "counted", 1, 2),
        ("07-07", "pause", 0, 2),
        ("07-08", "counted", 1, 1),
        ("07-09", "counted", 1, 0),
    ]
    assert trace.steps[2].holiday == "Independence Day (observed)"
    assert trace.due_at == utc(2026, 7, 9, 21)


def test_business_hours_are_shown_between_closed_hours_lunch_and_pauses():
    lunch = make_calendar(weekly={"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "tue": [["09:00", "17:00"]]})
    rule = Rule(Measure.BUSINESS_SECONDS)
    trace = explain_due(lunch, rule, utc(2026, 6, 1, 8), 8 * HOUR, [(utc(2026, 6, 1, 16), utc(2026, 6, 1, 18))])

    assert [
        (step.begins_at.hour, step.ends_at.hour, step.why, step.counted // HOUR, step.left // HOUR)
        for step in trace.steps
    ] == [
        (8, 9, Why.CLOSED_HOURS, 0, 8),
        (9, 12, Why.COUNTED, 3, 5),
        (12, 13, Why.CLOSED_HOURS, 0, 5),
        (13, 16, Why.COUNTED, 3, 2),
        (16, 17, Why.PAUSE, 0, 2),
        (17, 18, Why.PAUSE, 0, 2),
        (18, 0, Why.CLOSED_HOURS, 0, 2),
        (0, 9, Why.CLOSED_HOURS, 0, 2),
        (9, 11, Why.COUNTED, 2, 0),
    ]


def test_pauses_that_overlap_give_their_time_back_once():
    rule, start = Rule(Measure.ELAPSED_SECONDS), utc(2026, 6, 1)
    pauses = [(utc(2026, 6, 2), utc(2026, 6, 4)), (utc(2026, 6, 3), utc(2026, 6, 5))]

    trace = explain_due(published("house"), rule, start, 72 * HOUR, pauses)

    assert trace.due_at == utc(2026, 6, 7)
    assert trace.pauses == ((utc(2026, 6, 2), utc(2026, 6, 5)),)
    assert trace.adds_up


def test_elapsed_hours_are_traced_past_the_reviewed_days():
    trace = explain_due(published("house"), Rule(Measure.ELAPSED_SECONDS), utc(2030, 12, 31, 12), 72 * HOUR)

    assert trace.due_at == utc(2031, 1, 3, 12)
    assert trace.adds_up


def test_a_date_that_never_was_is_no_calendar_day():
    apia = make_calendar("Pacific/Apia", years=(2011, 2012))
    trace = explain_due(
        apia, Rule(Measure.CALENDAR_DAYS, StartRule.NEXT_DAY, DayEnd.MIDNIGHT), utc(2011, 12, 29, 20), 2
    )

    assert [step.on for step in trace.steps if step.counted] == [date(2011, 12, 31), date(2012, 1, 1)]


def test_a_trace_as_data_is_text_and_numbers():
    trace = explain_due(published("house"), Rule(Measure.BUSINESS_DAYS), utc(2026, 7, 2, 14), 1)

    assert trace.as_data() == {
        "calendar": "house",
        "calendar_version": 1,
        "tz": "America/New_York",
        "measure": "business_days",
        "counted_from": "instant",
        "day_end": "close",
        "started_at": "2026-07-02T14:00:00Z",
        "counts_from": "2026-07-02T14:00:00Z",
        "budget": 1,
        "due_at": "2026-07-02T21:00:00Z",
        "steps": [
            {
                "on": "2026-07-02",
                "from": "2026-07-02T14:00:00Z",
                "to": "2026-07-02T21:00:00Z",
                "why": "counted",
                "counted": 1,
                "left": 0,
            }
        ],
    }
