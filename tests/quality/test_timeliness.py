"""The report of timeliness: against figures that others computed, and on complaints few enough to count by hand."""

import csv
import io
import json
import statistics
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from complaints.history.import_history import HistoryImport
from complaints.history.sources import read_source
from complaints.quality.timeliness import percentile
from slas.models import PolicyVersion
from slas.operations import publish_policies
from tests.history.records import TODAY, line
from tests.shared_data import AGGREGATES, COMPLAINTS, needs_complaints


@pytest.fixture
def policies(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    if not PolicyVersion.objects.exists():
        publish_policies()


def report(capsys, *arguments):
    call_command("report_timeliness", *arguments, skip_checks=True)
    return capsys.readouterr().out


def bring_in(*lines):
    HistoryImport(read_source("connecticut"), today=TODAY, refuse=pytest.fail).take(enumerate(lines, 1))


@needs_complaints
@pytest.mark.usefixtures("policies")
def test_the_figures_of_4054_complaints_equal_those_that_pandas_and_numpy_found(capsys):
    call_command("import_complaints", str(COMPLAINTS), "--source", "connecticut", "--quiet", skip_checks=True)
    assert capsys.readouterr().err == "4,054 imported, 0 already there, 0 refused, 0 unknown labels.\n"
    found = json.loads(report(capsys, "--source", "connecticut", "--json"))
    expected = json.loads(AGGREGATES.read_text())
    told_otherwise = {"note", "trap_naive_row_counts", "trap_recovery_sum_over_rows"}
    assert {key: found[key] for key in expected.keys() - told_otherwise} == {
        key: value for key, value in expected.items() if key not in told_otherwise
    }
    assert found.keys() - expected.keys() == {"clocks"}
    assert found["clocks"] == {
        "acknowledge": {"cancelled": 4054},
        "resolve": {"met": 1518, "missed": 2524, "cancelled": 12},
    }


@pytest.mark.usefixtures("policies")
def test_a_complaint_with_two_reasons_counts_once_for_each_and_its_money_once(capsys):
    bring_in(
        line(1, reasons=[["Claim Handling", "Claim Delay"], ["Claim Handling", "Denial"]], recoveries=[["A", 0.1]]),
        line(2, reasons=[["Claim Handling", "Claim Delay"]], recoveries=[["A", 0.2], ["A", 0.2], ["B", 1]]),
        line(3, reasons=[], dispositions=[], recoveries=[]),
    )
    found = json.loads(report(capsys, "--json"))
    assert found["complaints"] == 3
    assert found["pareto_subreason"] == [
        {"subreason": "Claim Delay", "complaints": 2, "cum_share": 0.666667},
        {"subreason": "Denial", "complaints": 1, "cum_share": 1.0},
    ]
    assert found["subreasons_for_80pct"] == 2
    assert (found["dispositions"], found["no_disposition"]) == ({"Claim Settled": 2}, 1)
    assert found["recovery_total_once_per_company"] == 1.3
    assert found["source_rows"] == 3


@pytest.mark.usefixtures("policies")
def test_a_day_is_a_day_in_the_calendars_own_time_zone_and_holidays_are_no_business_days(capsys):
    bring_in(line(1, opened="2024-07-03", closed="2024-07-08"))  # Independence Day and a weekend lie between
    found = json.loads(report(capsys, "--json"))
    assert (found["opened_min"], found["closed_max"]) == ("2024-07-03", "2024-07-08")
    assert (found["calendar_days"]["p50"], found["business_days"]["p50"]) == (5.0, 2.0)
    assert found["within_business_days"] == {"5": 1, "10": 1, "20": 1, "30": 1}


@pytest.mark.usefixtures("policies")
def test_a_complaint_is_open_at_the_end_of_the_day_it_was_opened_but_not_of_the_day_it_was_closed(capsys):
    bring_in(line(1, opened="2024-01-31", closed="2024-02-29"))
    found = json.loads(report(capsys, "--json"))
    assert {day: count for day, count in found["open_at_month_end"].items() if count} == {"2024-01-31": 1}
    assert list(found["open_at_month_end"])[-1] == "2024-02-29"
    assert len(found["open_at_month_end"]) == 24


@pytest.mark.usefixtures("policies")
def test_without_a_complaint_there_are_no_figures_and_no_error(capsys):
    found = json.loads(report(capsys, "--json"))
    assert (found["complaints"], found["calendar_days"]["mean"], found["open_at_month_end"]) == (0, None, {})


@pytest.mark.usefixtures("policies")
def test_the_same_figures_are_printed_as_csv_and_as_a_table(capsys):
    bring_in(line(1))
    rows = list(csv.reader(io.StringIO(report(capsys, "--csv"))))
    assert rows[:2] == [["figure", "item", "value"], ["complaints", "", "1"]]
    assert ["pareto_subreason", "Claim Delay", "1"] in rows
    assert ["clocks", "resolve met", "1"] in rows
    table = report(capsys)
    assert table.splitlines()[0].split() == ["complaints", "1"]
    assert "Every complaint counts once." in table


@pytest.mark.usefixtures("policies")
def test_an_unknown_calendar_is_refused_with_those_there_are():
    with pytest.raises(CommandError, match=r"no calendar 'us-xx'; there are au, gb-eng, house, .* us-ct, ") as refusal:
        call_command("report_timeliness", "--calendar", "us-xx", skip_checks=True)
    assert refusal.value.returncode == 2


@pytest.mark.usefixtures("policies")
def test_the_report_takes_eight_queries_however_many_complaints_there_are(capsys, django_assert_num_queries):
    bring_in(line(1))
    with django_assert_num_queries(8):
        report(capsys)
    bring_in(*(line(number) for number in range(2, 40)))
    with django_assert_num_queries(8):
        report(capsys)


@given(st.lists(st.integers(0, 2000), min_size=2), st.integers(1, 99))
def test_a_percentile_equals_that_of_the_standard_library(values, percent):
    expected = statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
    assert percentile(Counter(values), percent) == pytest.approx(expected)


def test_the_percentile_of_one_value_is_that_value():
    assert percentile(Counter([7]), 95) == 7.0


def test_months_end_on_their_last_day_in_leap_years_too(policies, capsys):  # noqa: ARG001
    bring_in(line(1, opened="2024-02-28", closed=(date(2024, 2, 28) + timedelta(days=30)).isoformat()))
    ends = json.loads(report(capsys, "--json"))["open_at_month_end"]
    assert {"2022-04-30", "2023-02-28", "2024-02-29", "2024-03-31"} <= ends.keys()
