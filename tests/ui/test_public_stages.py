"""Where a member sees the complaint stand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from complaints.public_stages import public_stages

ZONE = ZoneInfo("America/New_York")
RECEIVED = datetime(2026, 6, 3, 2, tzinfo=UTC)  # still June 2 in New York
DAYS = [RECEIVED + timedelta(days=days) for days in range(30)]


def seen(**milestones):
    return [(stage.state, stage.when) for stage in public_stages(zone=ZONE, received_at=RECEIVED, **milestones)]


def test_a_date_is_the_day_where_the_complaint_lives():
    assert seen()[0] == ("done", "June 2, 2026")


@pytest.mark.parametrize(
    ("milestones", "states"),
    [
        ({}, "done current ahead ahead ahead"),
        ({"acknowledged_at": DAYS[1]}, "done done current ahead ahead"),
        ({"acknowledged_at": DAYS[1], "decided_at": DAYS[9]}, "done done done current ahead"),
        ({"acknowledged_at": DAYS[1], "decided_at": DAYS[9], "closed_at": DAYS[9]}, "done done done done done"),
        ({"closed_at": DAYS[2]}, "done done done done done"),
        ({"decided_at": DAYS[9]}, "done done done current ahead"),
    ],
)
def test_the_first_milestone_that_is_missing_is_the_current_stage_and_closing_takes_no_time(milestones, states):
    assert " ".join(state for state, _ in seen(**milestones)) == states


def test_the_promised_day_stands_at_the_decision_until_there_is_one():
    assert seen(decision_by="Tuesday, June 23")[3] == ("ahead", "by Tuesday, June 23")
    assert seen(decision_by="Tuesday, June 23", decided_at=DAYS[9])[3] == ("current", "June 11, 2026")
