"""B7: how many targets are lost, doubled, early or unsettled after kills, restarts and flushes.

A shorter run of `make chaos`, on servers of its own. The baseline: how many a plain loop without keys loses or doubles.
"""

import json
import os
import subprocess
import sys
import time
from random import Random

import psycopg

from config.stack.layout import ROOT
from tests.benchmarks.figure import Figure
from tests.chaos.faults import Fault
from tests.chaos.plain_loop import TABLES, WRONG

TARGETS, KILLS = 9000, 8
CHAOS = ["--restarts", "1", "--flushes", "1", "--stop", "5", "--workers", "2", "--resend", "10"]
LOOPS, EVERY, HEALING = 2, 1.5, 5.0  # s between two kills, and undisturbed at the end


def measure() -> Figure:
    """Run both, one after the other."""
    command = [sys.executable, "-m", "tests.chaos", "--targets", str(TARGETS), "--kills", str(KILLS), *CHAOS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own program
    if not done.stdout:
        sys.exit(f"the run of chaos did not come to its end:\n{done.stderr}")
    result = json.loads(done.stdout)
    wrong = sum(result[fault] for fault in Fault)
    return Figure(
        name="slas_chaos",
        value=wrong,
        unit="targets that are wrong",
        baseline=_plain_loops(),
        baseline_is=f"{LOOPS} plain loops without keys, as many targets and kills",
        target="0",
        ok=wrong == 0,
        more={name: result[name] for name in ("targets", "kills", "restarts", "flushes", "healing", "seed")},
    )


def _plain_loops() -> int:
    """Return how many targets two plain loops lose or double that are killed as often."""
    random = Random(KILLS)  # noqa: S311 -- to be repeated, not to be secret
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(TABLES)
        try:
            connection.execute(
                "INSERT INTO plain_target (id, due_at) "
                "SELECT n, now() + n * %s / %s * interval '1 second' FROM generate_series(1, %s) n",
                [KILLS * EVERY, TARGETS, TARGETS],
            )
            loops = [_loop() for _ in range(LOOPS)]
            for _ in range(KILLS):
                time.sleep(random.uniform(0.5, 1.5) * EVERY)
                victim = random.randrange(LOOPS)
                _kill(loops[victim])
                loops[victim] = _loop()
            time.sleep(HEALING)
            for loop in loops:
                _kill(loop)
            return connection.execute(WRONG).fetchone()[0]
        finally:
            connection.execute("DROP TABLE plain_target, plain_effect")


def _loop() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.chaos.plain_loop"], cwd=ROOT)


def _kill(loop: subprocess.Popen[bytes]) -> None:
    loop.kill()
    loop.wait()
