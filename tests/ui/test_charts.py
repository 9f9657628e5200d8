"""Charts: the layout in numbers, and the drawing."""

import pytest

from complaints.quality.charts import Category, bar_chart, pareto

CAUSES = [
    Category("Call handling", 20, "/causes/call/"),
    Category("Other", 15, rest=True),
    Category("Coding errors", 50, "/causes/coding/"),
    Category("Never seen", 0),
    Category("Network confusion", 15),
]


def test_bars_fall_and_the_rest_comes_last():
    chart = pareto("Causes", CAUSES)
    assert [(bar.category.label, bar.category.count) for bar in chart.bars] == [
        ("Coding errors", 50), ("Call handling", 20), ("Network confusion", 15), ("Other", 15),
    ]  # fmt: skip
    assert chart.total == 100


def test_the_running_total_ends_at_all_of_them():
    chart = pareto("Causes", CAUSES)
    assert [bar.cumulative_percent for bar in chart.bars] == [50, 70, 85, 100]
    assert chart.bars[-1].cumulative_y == chart.ticks[-1].at


def test_the_vital_few_are_those_that_reach_eighty_percent():
    assert [bar.vital for bar in pareto("Causes", CAUSES).bars] == [True, True, True, False]


def test_one_grid_serves_both_scales():
    ticks = pareto("Causes", CAUSES).ticks
    assert [(tick.count, tick.percent) for tick in ticks] == [(share, share) for share in range(0, 101, 20)]


def test_a_long_tail_is_added_up():
    causes = [Category(f"Cause {number}", 20 - number) for number in range(12)] + [Category("Other", 3, rest=True)]
    chart = pareto("Causes", causes, most=8)
    assert len(chart.bars) == 8
    assert (chart.bars[-1].category.label, chart.bars[-1].category.rest) == ("Other", True)
    assert chart.total == sum(cause.count for cause in causes)


def test_a_long_label_is_cut_within_its_column():
    lines = pareto("Causes", [Category("word " * 60, 1), *CAUSES]).bars[-2].label_lines
    assert len(lines) == 4
    assert lines[-1].endswith("…")


def test_nothing_to_count_is_no_chart():
    assert pareto("Causes", [Category("Never seen", 0)]) is None
    assert pareto("Causes", []) is None
    assert bar_chart("Ages", [Category("0–30 days", 0)]) is None


def test_lying_bars_keep_their_order_and_show_the_empty_ones():
    chart = bar_chart("Ages", [Category("0–30", 2), Category("31–60", 0), Category("Over 60", 4, late=True)])
    assert [(bar.category.label, bar.percent) for bar in chart.bars] == [("0–30", 33), ("31–60", 0), ("Over 60", 67)]
    assert chart.bars[1].width == 0
    assert chart.bars[0].width * 2 == pytest.approx(chart.bars[2].width, abs=1)


def test_the_drawing_has_a_name_links_to_the_cases_and_the_numbers_in_a_table(draw):
    drawn = draw("chart_pareto", chart=pareto("Causes", CAUSES), id="causes", counted="Cause")
    assert drawn.one("figcaption")["id"] == "causes-title"
    assert len(drawn.all("rect")) == 4
    assert [link["href"] for link in drawn.all("a")] == ["/causes/coding/", "/causes/call/"] * 2
    assert "Coding errors 50 50% 50%" in drawn.text


@pytest.mark.parametrize("template", ["chart_pareto", "chart_bars"])
def test_a_label_of_the_data_never_becomes_markup(draw, template):
    lay_out = {"chart_pareto": pareto, "chart_bars": bar_chart}[template]
    drawn = draw(template, chart=lay_out("<b>", [Category("<script>x</script>", 3)]), id="x", counted="Cause")
    assert [tag for tag, _ in drawn.elements if tag in {"b", "script"}] == []
