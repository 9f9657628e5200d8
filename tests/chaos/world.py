"""The world that is hit: a stack of its own with real workers, and the ways to hurt them."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import redis

from config.stack.children import Child
from config.stack.supervisor import GLANCE, ChildEnded, Stopped, Supervisor
from config.stack.throwaway import Throwaway, throwaway

OWN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "REDRESS_MAIL_FOLDER")
WORKER = (
    "-m", "celery", "--app", "config.celery", "worker", "--timer", "--include", "tests.chaos.effects",
    "--pool", "prefork", "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip
PEOPLE = ("people-0", "people-1")
SEEN = "SELECT EXISTS (SELECT FROM slas_sweeper WHERE who = %s AND seen_at > to_timestamp(%s))"
PROGRESS = """
SELECT (SELECT count(*) FROM slas_clock WHERE next_fire_at IS NOT NULL),
       (SELECT count(*) FROM slas_outbox WHERE settled_at IS NULL AND dead_at IS NULL)"""


@contextmanager
def world(*, workers: int) -> Iterator["World"]:
    """Yield a world that writes to disk as a real server does; nothing of it is left. Never on servers of one's own."""
    for name in OWN:
        os.environ.pop(name, None)
    with throwaway(durable=True) as stack:
        stack.migrate()
        yield World(stack, workers)


class World:
    """Services, workers and people of one run. Everything in it dies with this process."""

    def __init__(self, stack: Throwaway, workers: int) -> None:
        self.supervisor: Supervisor = stack.supervisor
        self.variables = stack.variables
        self.since = dict.fromkeys(range(workers), 0.0)  # by worker, the time of its last start
        self.killed: set[int] = set()
        self.connection: psycopg.Connection[Any] | None = None

    @property
    def mail(self) -> Path:
        """The folder in which caught messages lie."""
        return Path(self.variables["REDRESS_MAIL_FOLDER"])

    @property
    def journal(self) -> Path:
        """Where people note what was confirmed."""
        return self.supervisor.logs / "confirmed"

    def child(self, name: str) -> Child:
        """Return a child by its name."""
        return next(child for child in self.supervisor.children if child.name == name)

    def pause(self, seconds: float = GLANCE) -> None:
        """Wait. Raises Stopped when somebody orders the end."""
        time.sleep(seconds)
        if self.supervisor.order:
            raise Stopped

    def start_workers(self) -> None:
        """Start all of them, and return when each of them sweeps."""
        for slot in self.since:
            self.supervisor.start(
                f"worker-{slot}",
                [sys.executable, *WORKER, "--hostname", f"worker-{slot}@chaos"],
                environment=self.variables,
                orphan_signal=signal.SIGKILL,
                grace=5,
            )
        while not all(self.is_sweeping(slot) for slot in self.since):
            self.pause()

    def is_sweeping(self, slot: int) -> bool:
        """Tell whether a worker's sweeper has given a sign of life since it was started last.

        Raises ChildEnded if it ended and nobody had killed it.
        """
        if slot in self.killed:
            return False
        child = self.child(f"worker-{slot}")
        if child.exit_status is not None:
            raise ChildEnded(child, after=0)
        found = self.ask(SEEN, [f"worker-{slot}@chaos", self.since[slot]])
        return found is not None and found[0]

    def start_people(self, *, seed: int, seconds: float) -> None:
        """Start the processes that act on clocks."""
        for number, name in enumerate(PEOPLE):
            words = ["--seed", len(PEOPLE) * seed + number, "--seconds", seconds, "--journal", self.journal]
            command = [sys.executable, "-m", "tests.chaos.people", *map(str, words)]
            self.supervisor.start(name, command, environment=self.variables, orphan_signal=signal.SIGKILL, grace=5)

    def end_people(self) -> None:
        """Send them home. Raises ChildEnded if one did not work to the end."""
        for name in PEOPLE:
            child = self.child(name)
            while child.exit_status is None:
                self.pause()
            if child.exit_status != 0:
                raise ChildEnded(child, after=0)
            self.supervisor.children.remove(child)

    def end_workers(self) -> None:
        """End all workers, so that nothing changes any more."""
        for slot in self.since:
            child = self.child(f"worker-{slot}")
            child.grace = 0
            child.wait_until_gone()
            self.supervisor.children.remove(child)

    def kill_group(self, slot: int) -> bool:
        """Kill a worker with its pool. Return whether it was sweeping."""
        return self._kill_worker(slot, whole=True)

    def kill_worker(self, slot: int) -> bool:
        """Kill a worker alone, and leave its pool to itself. Return whether it was sweeping."""
        return self._kill_worker(slot, whole=False)

    def _kill_worker(self, slot: int, *, whole: bool) -> bool:
        if not self.is_sweeping(slot):
            return False
        child = self.child(f"worker-{slot}")
        (os.killpg if whole else os.kill)(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self.killed.add(slot)
        return True

    def kill_pool_process(self, slot: int) -> bool:
        """Kill one process of a worker's pool; its worker replaces it. Return whether there was one."""
        members = pool_of(self.child(f"worker-{slot}").process.pid)
        for pid in members[:1]:
            os.kill(pid, signal.SIGKILL)
        return bool(members)

    def revive_worker(self, slot: int) -> None:
        """Start a worker that was killed; what its predecessor left behind goes first."""
        child = self.child(f"worker-{slot}")
        with suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        self.killed.remove(slot)
        self.since[slot] = time.time()
        child.start()

    def restart_database(self) -> None:
        """Stop PostgreSQL as `pg_ctl stop -m immediate` does, and start it: it recovers from its log."""
        child = self.child("postgres")
        child.process.send_signal(signal.SIGQUIT)
        child.process.wait()
        child.start()
        self.supervisor.wait_until_ready(child, lambda: self.ask("SELECT 1") is not None)

    def flush_broker(self) -> None:
        """Let Valkey forget everything, the messages that wait and those that are being worked on."""
        with redis.Redis.from_url(self.variables["REDIS_URL"]) as client:
            client.flushall()

    def stop_broker(self) -> None:
        """Kill Valkey."""
        child = self.child("valkey")
        child.process.kill()
        child.process.wait()

    def hang_broker(self) -> None:
        """Let Valkey answer nobody, while its socket is still there."""
        self.child("valkey").process.send_signal(signal.SIGSTOP)

    def start_broker(self) -> None:
        """Start Valkey, or let it go on, and return when it answers."""
        child = self.child("valkey")
        if child.exit_status is None:
            child.process.send_signal(signal.SIGCONT)
        else:
            child.start()
        self.supervisor.wait_until_ready(child, self._broker_answers)

    def _broker_answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.variables["REDIS_URL"]) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def ask(self, sql: str, given: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """Return the first row, or None while the database is away."""
        try:
            if self.connection is None:
                self.connection = psycopg.connect(self.variables["DATABASE_URL"], autocommit=True)
            return self.connection.execute(sql, given).fetchone()
        except psycopg.OperationalError:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return None

    def left(self) -> tuple[int, int] | None:
        """Return how many clocks are armed and how many effects are open, or None while the database is away."""
        return self.ask(PROGRESS)


def pool_of(worker: int) -> list[int]:
    """Return the processes of a worker's group beside itself; a worker leads a session of its own."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            group = int(stat.read_text().rpartition(")")[2].split()[2])
            if group == worker and int(stat.parent.name) != worker:
                found.append(int(stat.parent.name))
    return found
