"""Shape, tone and words of the time that is left."""

from datetime import UTC, datetime, timedelta

import pytest

from complaints.time_left import duration, time_left

NOW = datetime(2026, 6, 10, 14, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("left", "state", "shape", "tone", "words"),
    [
        (-SECOND, "overdue", "▲", "late", "Overdue under 1m"),
        (-timedelta(hours=2, minutes=10), "overdue", "▲", "late", "Overdue 2h 10m"),
        (timedelta(0), "soon", "◆", "soon", "Due in under 1m"),
        (timedelta(hours=3, minutes=40), "soon", "◆", "soon", "Due in 3h 40m"),
        (DAY, "soon", "◆", "soon", "Due in 1d"),
        (DAY + SECOND, "later", "●", "ok", "Due in 1d"),
        (6 * DAY + timedelta(hours=5), "later", "●", "ok", "Due in 6d"),
    ],
)
def test_a_running_clock(left, state, shape, tone, words):
    shown = time_left(due_at=NOW + left, now=NOW)
    assert (shown.state, shown.shape, shown.tone, shown.words) == (state, shape, tone, words)


def test_a_clock_met_at_its_last_moment_is_on_time():
    assert time_left(due_at=NOW, now=NOW + DAY, met_at=NOW).words == "Met"
    assert time_left(due_at=NOW, now=NOW + DAY, met_at=NOW + 3 * DAY).words == "Missed by 3d"


def test_a_paused_clock_says_for_whom_it_waits_even_without_a_date():
    assert time_left(due_at=NOW - DAY, now=NOW, paused=True).words == "Paused"
    shown = time_left(due_at=None, now=NOW, paused=True, waiting_for="the member")
    assert (shown.shape, shown.words) == ("‖", "Paused, waiting for the member")


def test_without_a_date_there_is_nothing_to_show():
    assert time_left(due_at=None, now=NOW) is None


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "under 1m"),
        (timedelta(seconds=59), "under 1m"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(hours=1), "1h 0m"),
        (timedelta(hours=23, minutes=59), "23h 59m"),
        (timedelta(hours=28), "1d 4h"),
        (timedelta(hours=47, minutes=59), "1d 23h"),
        (timedelta(days=2, hours=23), "2d"),
        (timedelta(days=400), "400d"),
    ],
)
def test_a_length_of_time_is_rounded_down(span, words):
    assert duration(span) == words
