"""The arrays give what a walk along the wall clock gives, in zones that do odd things."""

from datetime import date, timedelta
from functools import cache

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from slas.algebra import DayEnd, Line, Measure, Rule
from slas.calendar import micros, moment
from tests.slas.calendars import make_calendar
from tests.slas.oracle import Walker, utc_midnight
from tests.slas.random_lives import make_life, make_place, reckoned, truth_of
from tests.slas.slow_clock import OffTheWalk

# Zone, and a date near which its clocks do something.
ODD_DAYS = [
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("America/St_Johns", date(2025, 3, 9)),
    ("America/St_Johns", date(2010, 11, 7)),  # back at one minute past midnight, into the day before
    ("America/Havana", date(2025, 11, 2)),  # midnight comes twice
    ("America/Sao_Paulo", date(2018, 11, 4)),  # midnight does not come
    ("Asia/Beirut", date(2024, 3, 31)),
    ("Asia/Kolkata", date(2025, 6, 1)),
    ("Antarctica/Troll", date(2025, 3, 30)),  # two hours at once
    ("Australia/Lord_Howe", date(2025, 4, 6)),  # half an hour
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that never was
    ("Pacific/Chatham", date(2025, 9, 28)),
]
DAYS = 8
TIMES = st.integers(0, 288).map(lambda n: f"{n // 12:02}:{n % 12 * 5:02}")
MODERATE = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def hours(draw):
    edges = sorted(draw(st.sets(TIMES, min_size=0, max_size=6)))
    return [list(pair) for pair in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def calendars(draw):
    tz, odd = draw(st.sampled_from(ODD_DAYS))
    weekly = {day: draw(hours()) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    weekly["wed"] = weekly["wed"] or [["09:00", "17:00"]]
    holidays = draw(st.sets(st.integers(-4, 4), max_size=2))
    return make_calendar(
        tz, weekly, [odd + timedelta(days=shift) for shift in holidays], years=(odd.year - 1, odd.year + 1)
    ), walker_start(odd)


def walker_start(odd):
    return utc_midnight(odd) - timedelta(days=DAYS // 2)


@cache
def line(calendar, measure, day_end=DayEnd.CLOSE):
    return Line(calendar, Rule(measure, day_end=day_end), moment(calendar.starts_at))


@MODERATE
@given(calendars(), st.data())
def test_open_time_and_its_inverse_are_those_of_the_wall_clock(made, data):
    calendar, start = made
    walker = Walker(calendar.definition, start, DAYS)
    first = data.draw(st.integers(0, DAYS * 1440 - 2))
    last = data.draw(st.integers(first, DAYS * 1440 - 1))
    along = line(calendar, Measure.BUSINESS_SECONDS)
    begin = along.position(micros(walker.minute(first)))

    assert along.position(micros(walker.minute(last))) - begin == walker.open_minutes(first, last) * 60_000_000
    assert calendar.is_open(micros(walker.minute(first))) == walker.open[first]
    amount = data.draw(st.integers(1, 4000))
    expected = walker.after_open_minutes(first, amount)
    if expected is not None:
        assert moment(along.reach(begin + amount * 60_000_000)) == expected


@MODERATE
@given(calendars(), st.data())
def test_business_days_end_when_the_wall_clock_shows_their_last_open_minute(made, data):
    calendar, start = made
    walker = Walker(calendar.definition, start, DAYS)
    ends = walker.business_day_ends()[1:-1]  # the first and the last date of the span are seen in part only
    check_days(line(calendar, Measure.BUSINESS_DAYS), ends, data)


@MODERATE
@given(calendars(), st.data())
def test_calendar_days_end_when_their_date_is_over_for_good(made, data):
    calendar, start = made
    walker = Walker(calendar.definition, start, DAYS)
    check_days(line(calendar, Measure.CALENDAR_DAYS), walker.day_ends(), data)


def check_days(along, ends, data):
    if len(ends) < 2:
        return
    passed = [along.position(micros(end)) for end in ends]
    assert passed == list(range(passed[0], passed[0] + len(ends)))
    assert [moment(along.reach(position)) for position in passed] == ends
    within = data.draw(st.integers(1, int((ends[-1] - ends[0]).total_seconds() // 60) - 1))
    us = micros(ends[0]) + within * 60_000_000
    over = [end for end in ends if micros(end) <= us]
    assert along.position(us) == passed[0] + len(over) - 1
    assert moment(along.reach(along.position(us))) == over[-1]


@settings(MODERATE, max_examples=200)
@given(st.randoms(use_true_random=False), st.sampled_from(ODD_DAYS))
def test_every_life_is_due_when_the_slow_way_says(random, zone):
    """The lives that the benchmark of 100,000 draws by its seed, drawn by Hypothesis."""
    place = make_place(random, *zone)
    life = make_life(random, place)
    try:
        truth = truth_of(life)
    except OffTheWalk:
        reject()

    assert reckoned(place.calendar, life) == truth
