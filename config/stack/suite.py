"""`make test` and `make check`: everything that CI runs, one after the other, and one summary."""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from config.stack import chromium
from config.stack.environment import TEST, environment
from config.stack.layout import ROOT, Layout
from config.stack.services import Addresses
from config.stack.supervisor import say
from config.stack.throwaway import throwaway

PYTHON = sys.executable
NOWHERE = Addresses("postgresql:///none?host=/nonexistent", "unix:///nonexistent", "smtp://127.0.0.1:1")
Verdict = Literal["passed", "FAILED", "SKIPPED"]
NOTHING_SELECTED = 5  # pytest's exit status
MOST_PROCESSES = 4
PRODUCTION = ("--settings", "config.settings.production")
BEHIND_A_PROXY = ("env", "REDRESS_TRUSTED_PROXIES=1")


@dataclass(frozen=True)
class Step:
    """One check: a name for the summary and its command."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Outcome:
    """How a step went, and a remark for the summary."""

    name: str
    verdict: Verdict
    seconds: float
    remark: str = ""


STATIC_STEPS = (
    Step("lint", [PYTHON, "-m", "ruff", "check"]),
    Step("format", [PYTHON, "-m", "ruff", "format", "--check"]),
    Step("contracts", [PYTHON, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-logo"]),
    Step("types", [PYTHON, "-m", "mypy"]),
    Step("deploy", [*BEHIND_A_PROXY, PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING", *PRODUCTION]),
)
MIGRATIONS = Step("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"])


def check() -> int:
    """Run the checks that need no services. Exit status 1 if one fails."""
    with tempfile.TemporaryDirectory() as folder:
        variables = environment(Layout(Path(folder)), NOWHERE, url="http://localhost:8000", settings=TEST)
        return _summary(
            [_judge(step, lambda command: subprocess.call(command, cwd=ROOT, env=variables)) for step in STATIC_STEPS]
        )


def test(arguments: str) -> int:
    """Run everything; with `arguments` for pytest only the tests. Exit status 1 if anything fails."""
    browser = chromium.find_or_install()
    with throwaway(settings=TEST) as stack:
        stack.variables[chromium.VARIABLE] = browser or "absent"
        steps = (*STATIC_STEPS, MIGRATIONS) if not arguments else ()
        outcomes = [_judge(step, stack.run) for step in steps]
        unit, journeys = _tests(shlex.split(arguments))
        outcomes.append(_judge(unit, stack.run))
        outcomes.append(_judge(journeys, stack.run) if browser else _without_browser(journeys))
    return _summary(outcomes)


def _tests(arguments: list[str]) -> tuple[Step, Step]:
    """Two runs: a browser's event loop would make Django refuse the database to the tests after it."""
    pytest = [PYTHON, "-m", "pytest", "-q"]
    processes = str(min(os.cpu_count() or 1, MOST_PROCESSES))
    return (
        Step("tests", [*pytest, "-n", processes, "-m", "not browser", *arguments]),
        Step("browser", [*pytest, "-n", processes, "--dist", "loadfile", "-m", "browser", *arguments]),
    )


def _judge(step: Step, run: Callable[[Sequence[str]], int]) -> Outcome:
    say(f"\n── {step.name}: {shlex.join(step.command[1:])}")
    began = time.monotonic()
    status = run(step.command)
    seconds = time.monotonic() - began
    if status == NOTHING_SELECTED and "pytest" in step.command:
        return Outcome(step.name, "SKIPPED", seconds, "no test of this kind was selected")
    return Outcome(step.name, "FAILED" if status else "passed", seconds, f"exit status {status}" if status else "")


def _without_browser(step: Step) -> Outcome:
    verdict: Verdict = "FAILED" if os.environ.get("CI") == "true" else "SKIPPED"
    cure = "as root, `apt-get install chromium`; or set REDRESS_CHROMIUM to its path"
    remark = f"THE BROWSER JOURNEYS DID NOT RUN: Chromium is missing; {cure}"
    return Outcome(step.name, verdict, 0, remark)


def _summary(outcomes: list[Outcome]) -> int:
    say("\n── summary")
    for outcome in outcomes:
        say(f"{outcome.verdict:<8} {outcome.name:<12}{outcome.seconds:7.1f} s  {outcome.remark}".rstrip())
    count = {verdict: sum(o.verdict == verdict for o in outcomes) for verdict in ("passed", "FAILED", "SKIPPED")}
    say(f"checks: {count['passed']} passed, {count['FAILED']} failed, {count['SKIPPED']} skipped")
    skipped_in_ci = count["SKIPPED"] and os.environ.get("CI") == "true"
    return 0 if count["passed"] and not (count["FAILED"] or skipped_in_ci) else 1  # a misspelt selection is no success
