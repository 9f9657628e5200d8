"""A moment as people write it: clear ones are read, doubtful ones are asked about with what they may mean."""

from zoneinfo import ZoneInfo

import pytest

from complaints.forms.local_dates import MomentFault, read_moment, read_span
from tests.slas.calendars import utc

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-06-01 10:00", utc(2026, 6, 1, 14)),
        (" 2026-06-01T9:05 ", utc(2026, 6, 1, 13, 5)),
        ("2026-06-01 10:00:30", utc(2026, 6, 1, 14, 0, 30)),
        ("2026-06-01 10:00 +02:00", utc(2026, 6, 1, 8)),
        ("2026-06-01 10:00Z", utc(2026, 6, 1, 10)),
        ("2026-11-01 01:30 -04:00", utc(2026, 11, 1, 5, 30)),
        ("2026-11-01 01:30 -0500", utc(2026, 11, 1, 6, 30)),
        ("2026-03-08 02:30 -05:00", utc(2026, 3, 8, 7, 30)),
    ],
)
def test_a_clear_moment_is_read(typed, moment):
    assert read_moment(typed, NEW_YORK) == moment


@pytest.mark.parametrize(
    ("typed", "words", "offers"),
    [
        (
            "2026-11-01 01:30",
            "2026-11-01 01:30 comes twice in America/New_York: clocks are put back.",
            ["2026-11-01 01:30 -04:00", "2026-11-01 01:30 -05:00"],
        ),
        (
            "2026-03-08 02:30",
            "2026-03-08 02:30 does not exist in America/New_York: clocks are put forward.",
            ["2026-03-08 02:30 -05:00", "2026-03-08 02:30 -04:00"],
        ),
    ],
)
def test_a_doubtful_moment_offers_both_that_it_may_mean(typed, words, offers):
    with pytest.raises(MomentFault, match=words) as fault:
        read_moment(typed, NEW_YORK)
    assert [offer.text for offer in fault.value.offers] == offers
    moments = [read_moment(text, NEW_YORK) for text in offers]
    assert abs(moments[0] - moments[1]).total_seconds() == 3600


def test_a_zone_that_changes_by_half_an_hour_offers_its_own_offsets():
    with pytest.raises(MomentFault) as fault:
        read_moment("2026-04-05 01:45", ZoneInfo("Australia/Lord_Howe"))
    assert [offer.text[-6:] for offer in fault.value.offers] == ["+11:00", "+10:30"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("yesterday", "“yesterday” is no date and time. Write it as 2026-06-01 10:00."),
        ("2026-02-30 10:00", "There is no 2026-02-30 10:00."),
        ("2026-06-01 25:00", "There is no 2026-06-01 25:00."),
        ("0001-01-01 00:00", "Check the year"),
        ("2026-06-01 10:00 +29:00", "is no offset from UTC"),
        ("٢٠٢٦-06-01 10:00", "is no date and time"),
    ],
)
def test_what_is_no_moment_is_refused_with_what_to_write(typed, words):
    with pytest.raises(MomentFault) as fault:
        read_moment(typed, NEW_YORK)
    assert words in str(fault.value)


def test_a_pause_is_two_moments():
    assert read_span("2026-06-03 12:00 to 2026-06-08 12:00", NEW_YORK) == (utc(2026, 6, 3, 16), utc(2026, 6, 8, 16))
    with pytest.raises(MomentFault, match="is no pause"):
        read_span("2026-06-03 12:00", NEW_YORK)
