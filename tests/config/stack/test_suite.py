"""How the suite sums up."""

import pytest

from config.stack import suite
from config.stack.suite import Outcome, Step

JOURNEYS = Step("browser", ["python", "-m", "pytest", "-m", "browser"])


def test_the_summary_has_a_line_for_each_step_and_counts_them(capsys):
    outcomes = [Outcome("lint", "passed", 1.24), Outcome("tests", "FAILED", 61, "exit status 1")]
    assert suite._summary(outcomes) == 1
    assert capsys.readouterr().err == (
        "\n── summary\n"
        "passed   lint            1.2 s\n"
        "FAILED   tests          61.0 s  exit status 1\n"
        "checks: 1 passed, 1 failed, 0 skipped\n"
    )


def test_a_selection_that_selects_nothing_is_no_success(capsys):
    outcome = suite._judge(JOURNEYS, lambda _: suite.NOTHING_SELECTED)
    assert (outcome.verdict, outcome.remark) == ("SKIPPED", "no test of this kind was selected")
    assert suite._summary([outcome]) == 1
    assert "1 skipped" in capsys.readouterr().err


@pytest.mark.parametrize(("ci", "verdict"), [("true", "FAILED"), ("", "SKIPPED")])
def test_a_missing_browser_is_a_failure_in_ci_alone(monkeypatch, ci, verdict):
    monkeypatch.setenv("CI", ci)
    outcome = suite._without_browser(JOURNEYS)
    assert outcome.verdict == verdict
    assert outcome.remark.startswith("THE BROWSER JOURNEYS DID NOT RUN")


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_skipped_check_is_a_failure_in_ci_alone(monkeypatch, ci, status):
    """Checklist 42."""
    monkeypatch.setenv("CI", ci)
    assert suite._summary([Outcome("lint", "passed", 1), Outcome("browser", "SKIPPED", 0)]) == status


def test_ci_checks_the_settings_of_production_for_deployment():
    """Checklist 42."""
    [step] = [step for step in suite.STATIC_STEPS if step.name == "deploy"]
    assert step.command[3:] == [
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", "--settings", "config.settings.production",
    ]  # fmt: skip
