"""The drill itself: a stack is lost with everything in it, and comes back."""

import json
import subprocess
import sys

from config.stack.layout import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.drill", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own


def test_what_was_backed_up_comes_back_row_by_row_and_file_by_file_in_time():
    done = run("--before=5", "--after=5")
    assert done.returncode == 0, done.stderr + done.stdout
    result = json.loads(done.stdout)

    assert (result["differing_tables"], result["differing_files"], result["missing_files"]) == ([], 0, 0)
    assert (result["lost_before_backup"], result["findings"]) == (0, 0)
    assert result["rto"] <= 15 * 60
    assert result["rpo"] <= 15 * 60
    assert result["complaints"] > 300
    assert result["files"] >= 5
    assert result["lost_after_backup"] >= 5


def test_bad_arguments_are_refused_in_a_sentence():
    done = run("--after", "many")
    assert (done.returncode, "'many' is no number" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
