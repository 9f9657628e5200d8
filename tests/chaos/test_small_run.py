"""The script itself: real workers that are killed, a database that falls over, a broker that forgets."""

import json
import subprocess
import sys

import pytest

from config.stack.layout import ROOT
from tests.chaos.faults import Fault
from tests.chaos.plan import Kind, Wanted, asks, blows

SMALL = [
    "--targets=600",
    "--kills=2",
    "--restarts=1",
    "--flushes=1",
    "--stop=1",
    "--hang=1",
    "--workers=2",
    "--resend=2",
]


def chaos(*arguments):
    command = [sys.executable, "-m", "tests.chaos", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own


def test_a_small_run_forgets_nothing():
    done = chaos(*SMALL)
    assert done.returncode == 0, done.stderr + done.stdout
    result = json.loads(done.stdout)

    assert done.stdout.count("\n") == 1
    assert list(result)[:6] == ["targets", "kills", "lost", "doubled", "early", "unsettled"]
    assert {result[fault] for fault in Fault} == {0}
    assert (result["kills"], result["restarts"], result["flushes"], result["valkey_stopped"]) == (2, 1, 1, 1)
    assert result["targets"] > 500
    assert result["acts"] > 0
    assert "immediate restart of PostgreSQL" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--targets", "many"], "'many' is no number; give a whole one, such as 7"), (["--workers", "0"], "at least")],
)
def test_bad_arguments_are_refused_in_a_sentence(arguments, words):
    done = chaos(*arguments)

    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_the_same_seed_makes_the_same_plan_and_another_one_another():
    assert blows(Wanted(seed=3)) == blows(Wanted(seed=3)) != blows(Wanted(seed=4))
    assert asks(Wanted(seed=3, targets=900)) == asks(Wanted(seed=3, targets=900)) != asks(Wanted(seed=4, targets=900))


def test_the_plan_holds_what_was_asked_for_and_spares_a_broker_that_is_away():
    wanted = Wanted()
    planned = blows(wanted)
    (away,) = (blow.at for blow in planned if blow.kind is Kind.STOP)
    (hung,) = (blow.at for blow in planned if blow.kind is Kind.HANG)
    flushes = [blow.at for blow in planned if blow.kind is Kind.FLUSH]

    assert sum(blow.kind in {Kind.GROUP, Kind.WORKER} for blow in planned) == wanted.kills
    assert len([blow for blow in planned if blow.kind is Kind.RESTART]) == wanted.restarts
    assert len(flushes) == wanted.flushes
    assert not any(away <= at <= away + wanted.stop or hung <= at <= hung + wanted.hang for at in flushes)
    assert planned == sorted(planned)
