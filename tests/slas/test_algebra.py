import gzip
import json
from datetime import date
from statistics import fmean

import pytest

from slas.algebra import (
    Align,
    DayEnd,
    Line,
    Measure,
    Rule,
    StartRule,
    Threshold,
    business_days_between,
    due_on,
)
from slas.calendar import HorizonPassed
from tests.shared_data import AGGREGATES, COMPLAINTS, needs_complaints
from tests.slas.calendars import due, make_calendar, published, utc

DAYS, SECONDS = Measure.BUSINESS_DAYS, Measure.BUSINESS_SECONDS
OFFICE = make_calendar()


def test_a_budget_that_ends_at_closing_time_ends_at_closing_time():
    assert due(OFFICE, utc(2025, 6, 6, 9), 8 * 3600, SECONDS) == utc(2025, 6, 6, 17)
    assert due(OFFICE, utc(2025, 6, 6, 9), 8 * 3600 + 1, SECONDS) == utc(2025, 6, 9, 9, 0, 1)


def test_business_time_is_exact_to_the_microsecond():
    start = utc(2025, 6, 6, 16, 59, 59, 999_999)

    assert due(OFFICE, start, 1, SECONDS) == utc(2025, 6, 9, 9, 0, 0, 999_999)


def test_business_days_from_a_closed_hour_begin_with_the_next_open_day():
    for start in (utc(2025, 6, 6, 17, 30), utc(2025, 6, 7, 12), utc(2025, 6, 8, 23), utc(2025, 6, 9, 8)):
        assert due(OFFICE, start, 1, DAYS) == utc(2025, 6, 9, 17)


def test_the_day_of_receipt_does_not_count_when_counting_starts_on_the_next_day():
    next_day = StartRule.NEXT_DAY

    assert due(OFFICE, utc(2025, 6, 6, 9), 2, DAYS, next_day) == utc(2025, 6, 10, 17)
    assert due(OFFICE, utc(2025, 6, 7, 9), 2, DAYS, next_day) == utc(2025, 6, 10, 17)
    assert due(OFFICE, utc(2025, 6, 6, 9), 2, Measure.CALENDAR_DAYS, next_day) == utc(2025, 6, 9)


def test_days_end_at_closing_time_at_midnight_or_at_the_same_time_of_day():
    start = utc(2025, 6, 6, 9, 30)

    assert due(OFFICE, start, 2, DAYS, day_end=DayEnd.CLOSE) == utc(2025, 6, 9, 17)
    assert due(OFFICE, start, 2, DAYS, day_end=DayEnd.MIDNIGHT) == utc(2025, 6, 10)
    assert due(OFFICE, start, 2, DAYS, day_end=DayEnd.SAME_TIME) == utc(2025, 6, 10, 9, 30)
    assert due(OFFICE, start, 2, Measure.CALENDAR_DAYS, day_end=DayEnd.SAME_TIME) == utc(2025, 6, 8, 9, 30)


def test_elapsed_time_needs_no_calendar_and_has_no_horizon():
    assert due(OFFICE, utc(1999, 1, 1), 72 * 3600, Measure.ELAPSED_SECONDS) == utc(1999, 1, 4)


def test_elapsed_time_may_wait_for_the_opening():
    assert due(OFFICE, utc(2025, 6, 7, 12), 3600, Measure.ELAPSED_SECONDS, StartRule.NEXT_OPEN) == utc(2025, 6, 9, 10)


def test_a_budget_of_nothing_is_due_at_the_start_and_one_of_ten_years_is_counted_or_refused():
    long_calendar = make_calendar(years=(2020, 2040))

    assert due(OFFICE, utc(2025, 6, 7, 12), 0, SECONDS) == utc(2025, 6, 7, 12)
    assert due(long_calendar, utc(2025, 6, 6, 10), 3652, Measure.CALENDAR_DAYS) == utc(2035, 6, 6)
    with pytest.raises(HorizonPassed, match="publish a version that covers it"):
        due(OFFICE, utc(2025, 6, 6, 10), 3652, Measure.CALENDAR_DAYS)


def test_half_an_hour_of_summer_time_moves_the_wall_clock_and_not_the_count():
    lord_howe = make_calendar("Australia/Lord_Howe", {"sun": [["00:00", "24:00"]]})

    # On 2025-04-06 clocks go back by half an hour at 02:00, so the Sunday has 24.5 hours.
    assert due(lord_howe, utc(2025, 4, 5, 12), int(24.5 * 3600), SECONDS) == utc(2025, 4, 6, 13, 30)


def test_what_is_due_at_midnight_is_due_on_the_day_that_ends_then():
    house = published("house")

    assert due_on(house, utc(2026, 7, 2, 4)) == date(2026, 7, 1)
    assert due_on(house, utc(2026, 7, 1, 21)) == date(2026, 7, 1)


def thresholds(*items, budget, start=None, rule=None):
    rule = rule or Rule(DAYS, StartRule.NEXT_DAY)
    line = Line(OFFICE, rule, start or utc(2025, 6, 2, 10))
    units = rule.measure.units(budget)
    due_pos = line.position(line.begin()) + units
    return line.thresholds_at(items, budget=units, due_pos=due_pos, due_at=line.due_at(due_pos))


def test_thresholds_are_shares_of_the_budget_or_distances_from_the_date():
    found = thresholds(
        Threshold(50, permille=500),
        Threshold(60, offset_units=-1),
        Threshold(70, offset_seconds=-4 * 3600),
        Threshold(100, permille=1000),
        Threshold(110, offset_units=2),
        budget=10,
    )

    assert found == [
        (utc(2025, 6, 9, 17), 50),
        (utc(2025, 6, 13, 17), 60),
        (utc(2025, 6, 16, 13), 70),
        (utc(2025, 6, 16, 17), 100),
        (utc(2025, 6, 18, 17), 110),
    ]


def test_a_reminder_waits_for_the_morning_but_a_breach_does_not():
    found = thresholds(Threshold(50, Align.OPEN, permille=500), Threshold(100, permille=1000), budget=2)

    assert found == [(utc(2025, 6, 4, 9), 50), (utc(2025, 6, 4, 17), 100)]


def test_a_reminder_that_would_come_after_the_date_keeps_its_exact_instant():
    rule = Rule(Measure.ELAPSED_SECONDS)
    found = thresholds(Threshold(50, Align.OPEN, permille=500), budget=8 * 3600, start=utc(2025, 6, 6, 18), rule=rule)

    assert found == [(utc(2025, 6, 6, 22), 50)]


def test_half_of_one_day_is_no_reminder():
    assert thresholds(Threshold(50, permille=500), Threshold(100, permille=1000), budget=1) == [
        (utc(2025, 6, 3, 17), 100)
    ]


def test_business_days_between_two_dates_are_counted_once():
    connecticut = published("us-ct")

    assert business_days_between(connecticut, date(2024, 3, 22), date(2024, 3, 25)) == 1  # Friday to Monday
    assert business_days_between(connecticut, date(2024, 3, 23), date(2024, 3, 24)) == 0
    assert business_days_between(connecticut, date(2024, 3, 23), date(2024, 3, 26)) == 1  # Saturday to Tuesday
    assert business_days_between(connecticut, date(2024, 3, 28), date(2024, 4, 1)) == 1  # Good Friday between
    assert business_days_between(connecticut, date(2024, 3, 28), date(2024, 3, 28)) == 0
    with pytest.raises(HorizonPassed):
        business_days_between(connecticut, date(2018, 12, 31), date(2024, 3, 28))


@needs_complaints
def test_business_days_of_real_complaints_add_up_to_what_numpy_found():
    expected = json.loads(AGGREGATES.read_text())
    with gzip.open(COMPLAINTS, "rt") as file:
        spans = [(json.loads(line)["opened"], json.loads(line)["closed"]) for line in file]
    connecticut = published("us-ct")
    days = sorted(business_days_between(connecticut, *map(date.fromisoformat, span)) for span in spans)

    assert len(days) == expected["complaints"]
    assert {
        "mean": round(fmean(days), 4),
        "p50": percentile(days, 50),
        "p90": percentile(days, 90),
        "max": days[-1],
    } == expected["business_days"]
    assert {
        limit: sum(count <= int(limit) for count in days) for limit in expected["within_business_days"]
    } == expected["within_business_days"]


def percentile(ordered, percent):
    """Return numpy's linear interpolation."""
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)


def test_a_day_that_never_was_does_not_count():
    apia = make_calendar("Pacific/Apia", years=(2011, 2012))
    start = utc(2011, 12, 29, 12)  # local December 29, two in the morning

    assert due(apia, start, 1, Measure.CALENDAR_DAYS) == utc(2011, 12, 30, 10)
    assert due(apia, start, 2, Measure.CALENDAR_DAYS) == utc(2011, 12, 31, 10)  # December 30 never was
