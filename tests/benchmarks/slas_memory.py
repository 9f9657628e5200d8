"""What it takes to keep an instant in mind: an armed clock with everything that stands in its row and in the indexes on
it, against a Celery task with an ETA, which takes memory in Valkey and in the worker that receives it at once.

Beside it stands what arming alone adds to a row that is there in any case: an index entry and the timer's columns.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from celery import Celery
from django.db import connection

from slas.queries import database_now
from tests.benchmarks.figure import Figure
from tests.slas.many import crowd
from tests.slas.workers import broker_url, running_worker, wait_for

CLOCKS, TASKS = 50_000, 3_000
TARGET = 40
FAR_OFF = timedelta(days=1)
SIZES = """
SELECT pg_relation_size('slas_clock_armed')::float / count(*),
       avg(pg_column_size(fire_ats) + pg_column_size(fire_codes) + pg_column_size(next_seq)
           + pg_column_size(next_fire_at))::float,
       avg(pg_column_size(slas_clock))::float + pg_indexes_size('slas_clock')::float / count(*)
  FROM slas_clock WHERE next_fire_at IS NOT NULL"""


def measure() -> Figure:
    """Arm many clocks, and send many tasks to a real worker; divide what they take by their number."""
    task = _bytes_of_a_task()
    with crowd(CLOCKS, due_in=FAR_OFF, apart=timedelta(seconds=1)), connection.cursor() as cursor:
        cursor.execute("REINDEX TABLE slas_clock")  # as vacuum keeps it, whatever was there before
        cursor.execute(SIZES)
        entry, columns, row = cursor.fetchone()
    return Figure(
        name="slas_memory",
        value=row,
        unit="bytes",
        baseline=task,
        baseline_is="a Celery task with an ETA, in Valkey and in the worker that holds it",
        target=f"{TARGET} times less",
        ok=task >= TARGET * row,
        more={
            "times_less": task / row,
            "arming_adds": entry + columns,
            "arming_adds_times_less": task / (entry + columns),
        },
    )


def _bytes_of_a_task() -> float:
    app = Celery("benchmark", broker=broker_url(), set_as_current=False)
    with running_worker("memory@benchmark") as worker, _channel(app) as valkey:
        before = _resident(worker.process.pid) + valkey.info("memory")["used_memory"]
        for _ in range(TASKS):
            app.send_task("slas.settle", [[str(uuid4())], [f"sla:{uuid4()}:1:100"]], eta=database_now() + FAR_OFF)
        wait_for(lambda: valkey.hlen("unacked") == TASKS, 120, worker.output)
        taken = _resident(worker.process.pid) + valkey.info("memory")["used_memory"] - before
        worker.kill()
    return taken / TASKS


@contextmanager
def _channel(app: Celery) -> Iterator:
    """Return a client of the broker, and forget there what the killed worker had received."""
    with app.connection_for_write() as broker:
        valkey = broker.default_channel.client
        try:
            yield valkey
        finally:
            valkey.delete("unacked", "unacked_index", "celery")
    app.close()


def _resident(pid: int) -> int:
    kilobytes = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(kilobytes[1]) * 1024
