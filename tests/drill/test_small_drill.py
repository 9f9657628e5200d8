"""The drill itself: a stack is lost with everything in it, and comes back."""

import json
import subprocess
import sys

import pytest

from config.stack.layout import ROOT
from tests.drill.drill import FAULTS, RPO, RTO, is_passed


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.drill", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own


def test_what_was_backed_up_comes_back_row_by_row_and_file_by_file_in_time():
    done = run("--before=5", "--after=5")
    assert done.returncode == 0, done.stderr + done.stdout
    result = json.loads(done.stdout)

    assert (result["differing_tables"], result["differing_files"], result["missing_files"]) == ({}, 0, 0)
    assert (result["erased_again"], result["erased_and_back"], result["findings"]) == (1, [], 0)
    assert result["rto"] <= 15 * 60
    assert result["rpo_every_ten_minutes"] <= 15 * 60
    assert (result["lost"] >= 5, result["lost_before_backup"], result["rpo"] > 0) == (True, 0, True)
    backup, loss, restored = (result[when] for when in ("in_the_backup", "at_the_loss", "restored"))
    assert loss["complaints_complaint"] > backup["complaints_complaint"] > 300
    assert restored["complaints_complaint"] == backup["complaints_complaint"] - 1
    assert (restored["retention_erasure"], restored["files"]) == (1, backup["files"] - 1)
    assert restored["megabytes_of_files"] > 10


@pytest.mark.parametrize(
    "fault",
    [
        {"lost_before_backup": 1},
        {"differing_tables": {"audit_event": {"cut_or_altered": True}}},
        {"differing_files": 1},
        {"missing_files": 1},
        {"erased_and_back": ["search_indexedtext.complaint_id"]},
        {"findings": 1},
        {"lost": 0},
        {"rto": RTO + 1},
        {"rpo": RPO + 1},
        {"rpo_every_ten_minutes": RPO + 1},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_a_drill_with_any_fault_is_not_passed(fault):
    sound = dict.fromkeys(FAULTS, 0) | {"rto": RTO, "rpo": RPO, "rpo_every_ten_minutes": RPO, "lost": 1}
    assert (is_passed(sound), is_passed(sound | fault)) == (True, False)


def test_bad_arguments_are_refused_in_a_sentence():
    done = run("--after", "many")
    assert (done.returncode, "'many' is no number" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
