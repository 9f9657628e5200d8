"""The periods that figures are read for."""

from datetime import UTC, date, datetime

import pytest

from complaints.capa.dates import day_begins_at
from complaints.quality.periods import CHOICES, period_of

LATE_ON_MAY_31 = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "starts_on", "ends_on"),
    [
        ("this-month", date(2026, 5, 1), None),
        ("last-month", date(2026, 4, 1), date(2026, 5, 1)),
        ("3-months", date(2026, 2, 28), None),
        ("12-months", date(2025, 5, 31), None),
        ("this-year", date(2026, 1, 1), None),
        ("last-year", date(2025, 1, 1), date(2026, 1, 1)),
        ("all", None, None),
    ],
)
def test_a_period_is_made_of_whole_days_of_the_insurers_calendar(code, starts_on, ends_on):
    period = period_of(code, at=LATE_ON_MAY_31)
    assert period.starts_at == (starts_on and day_begins_at(starts_on))
    assert period.ends_at == (ends_on and day_begins_at(ends_on))


def test_every_choice_has_a_period_in_a_leap_year_and_in_january_too():
    for at in (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2027, 1, 31, 12, tzinfo=UTC)):
        for code in CHOICES:
            period_of(code, at=at)
    assert period_of("12-months", at=datetime(2028, 2, 29, 17, tzinfo=UTC)).starts_at == day_begins_at(
        date(2027, 2, 28)
    )
