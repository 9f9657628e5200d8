"""Two lines over the weeks."""

from datetime import date, timedelta

import pytest

from complaints.quality.week_chart import week_chart

MONDAY = date(2026, 6, 1)


def weeks(*numbers):
    return [(MONDAY + timedelta(weeks=place), *pair) for place, pair in enumerate(numbers)]


def test_both_lines_run_from_edge_to_edge_on_one_scale():
    chart = week_chart("Due", weeks((0, 4), (2, 2), (4, 0)))
    assert chart.before_line == f"48,{chart.bottom} 374,124 700,{chart.top}"
    assert chart.after_line == f"48,{chart.top} 374,124 700,{chart.bottom}"


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (1, 4), (4, 4), (5, 8), (40, 40), (41, 80), (90, 120), (9001, 12_000)]
)
def test_the_scale_ends_just_above_the_highest_number(highest, top):
    assert week_chart("Due", weeks((highest, 0))).ticks[-1][1] == top


def test_of_many_weeks_few_are_labelled_and_of_none_nothing_is_drawn():
    chart = week_chart("Due", weeks(*[(1, 1)] * 150))
    assert sum(week.is_labelled for week in chart.weeks) <= 8
    assert week_chart("Due", []) is None
