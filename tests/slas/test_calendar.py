from datetime import date

import pytest

from slas.calendar import CalendarFault, HorizonPassed, micros, moment, read_definition, read_weekly
from tests.slas.calendars import OFFICE, make_calendar, published, utc

FILE = {"calendar": "test", "tz": "UTC", "reviewed_years": [2024, 2026], "weekly": OFFICE}


def refusal(**changes):
    with pytest.raises(CalendarFault) as refused:
        read_definition(FILE | changes, "test.toml")
    return str(refused.value)


def test_what_is_wrong_with_a_file_is_said_with_its_place_and_its_cure():
    assert refusal(weekly={"mon": [["09:00", "13:00"], ["12:00", "17:00"]]}) == (
        "test.toml: mon: two intervals overlap around 12:00"
    )
    assert refusal(weekly={"mon": [["17:00", "09:00"]]}) == (
        "test.toml: mon: 17:00 to 09:00 does not end after it begins; split hours that pass midnight at 24:00"
    )
    assert refusal(weekly={"mon": [["9:00", "17:00"]]}) == (
        "test.toml: mon: '9:00' is no time of day; write HH:MM, and 24:00 for the end of the day"
    )
    assert refusal(weekly={"mon": [["09:00"]]}) == (
        "test.toml: mon: ['09:00'] should be a pair of opening and closing time"
    )
    assert refusal(weekly={"monday": []}) == (
        "test.toml: 'monday' is no weekday; use mon, tue, wed, thu, fri, sat, sun"
    )
    assert refusal(weekly={"mon": []}) == (
        "test.toml: no day has opening hours, so nothing could ever fall due; open at least one"
    )
    assert refusal(tz="America/Gotham") == (
        "test.toml: there is no time zone 'America/Gotham'; use an IANA name such as America/New_York"
    )
    assert refusal(holidays={"2027-01-01": "New Year's Day"}) == (
        "test.toml: holiday 2027-01-01 is outside the reviewed years 2024 to 2026"
    )
    assert refusal(holidays={"2026-02-30": "Leap"}) == "test.toml: holiday '2026-02-30' is no date; write YYYY-MM-DD"


def test_a_missing_entry_is_named():
    with pytest.raises(CalendarFault, match=r"^test\.toml: 'tz' is missing; add it$"):
        read_definition({name: value for name, value in FILE.items() if name != "tz"}, "test.toml")


def test_a_calendar_whose_only_open_days_are_holidays_is_refused():
    with pytest.raises(CalendarFault, match="every reviewed day is closed"):
        make_calendar(weekly={"wed": [["09:00", "10:00"]]}, holidays=every_wednesday(2025), years=(2025, 2025))


def every_wednesday(year):
    return [date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1, 7)]


def test_hours_may_touch_and_end_at_midnight():
    calendar = make_calendar(weekly={"mon": [["22:00", "24:00"]], "tue": [["00:00", "06:00"], ["06:00", "07:00"]]})

    assert calendar.is_open(micros(utc(2025, 1, 7, 0, 0)))
    assert moment(calendar.next_open(micros(utc(2025, 1, 7, 7, 0)))) == utc(2025, 1, 13, 22, 0)


def test_outside_the_reviewed_years_nothing_is_guessed():
    calendar = make_calendar(years=(2024, 2026))

    for us in (micros(utc(2023, 12, 31)), micros(utc(2027, 1, 2))):
        with pytest.raises(HorizonPassed, match=r"is outside the reviewed days .*2024-01-01 to 2026-12-31"):
            calendar.open_before(us)
    with pytest.raises(HorizonPassed, match="the next opening after 2026-12-31 is outside"):
        calendar.next_open(micros(utc(2026, 12, 31, 18)))
    with pytest.raises(HorizonPassed, match="the date would fall outside"):
        calendar.open_reached(10**18)


def test_equal_content_has_an_equal_digest_and_any_change_another():
    digests = {read_definition(FILE | change, "x").sha256 for change in ({}, {"version": 2}, {"tz": "Europe/London"})}

    assert len(digests) == 3
    assert read_definition(FILE, "x").sha256 == read_definition(dict(reversed(FILE.items())), "y").sha256


def test_hours_are_written_back_as_they_were_read():
    weekly = {"mon": [["08:30", "12:00"], ["13:00", "24:00"]], "sun": [["00:00", "06:00"]]}
    definition = read_definition(FILE | {"weekly": weekly}, "x")

    assert definition.weekly_words() == weekly
    assert read_weekly(definition.weekly_words(), "x") == definition.weekly


def test_the_house_is_closed_on_a_federal_holiday_and_open_on_the_day_before():
    house = published("house")

    assert not house.is_open(micros(utc(2026, 7, 3, 15)))
    assert house.definition.holidays[date(2026, 7, 3)] == "Independence Day (observed)"
    assert house.is_open(micros(utc(2026, 7, 2, 15)))


def test_connecticut_keeps_holidays_that_the_federal_government_does_not():
    assert date(2024, 3, 29) in published("us-ct").definition.holidays  # Good Friday
    assert date(2024, 3, 29) not in published("house").definition.holidays
