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
from tests.chaos.plain_loop import PLANT, TABLES, WRONG

TARGETS, KILLS = 9000, 7
CHAOS = ["--restarts", "1", "--flushes", "1", "--stop", "5", "--hang", "3", "--workers", "2", "--resend", "10"]
TOGETHER = 2  # plain loops, as there are workers
EVERY, GLANCE = 1.0, 0.1  # s


def measure() -> Figure:
    """Run the engine, and then plain loops: as many side by side as there are workers, and one alone."""
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
        baseline=_plain_loops(TOGETHER),
        baseline_is=f"{TOGETHER} plain loops without keys and locks, {TARGETS} targets and {KILLS} kills of loops",
        target="0",
        ok=wrong == 0,
        more={name: result[name] for name in ("targets", "kills", "restarts", "flushes", "healing")}
        | {"one_plain_loop": _plain_loops(1)},
    )


def _plain_loops(number: int) -> int:
    """Return how many targets so many plain loops lose or double that are killed as often, and may finish then."""
    random = Random(KILLS)  # noqa: S311 -- to be repeated, not to be secret
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute(PLANT, [KILLS * EVERY, TARGETS, TARGETS])
        loops = [_loop() for _ in range(number)]
        try:
            for _ in range(KILLS):
                time.sleep(random.uniform(0.5, 1.5) * EVERY)
                victim = random.randrange(number)
                _kill(loops[victim])
                loops[victim] = _loop()
            while connection.execute("SELECT EXISTS (SELECT FROM plain_target WHERE NOT done)").fetchone()[0]:
                time.sleep(GLANCE)
        finally:
            for loop in loops:
                _kill(loop)
        wrong = connection.execute(WRONG).fetchone()[0]
        connection.execute("DROP TABLE plain_target, plain_effect")
        return wrong


def _loop() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.chaos.plain_loop"], cwd=ROOT)


def _kill(loop: subprocess.Popen[bytes]) -> None:
    loop.kill()
    loop.wait()
