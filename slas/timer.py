"""The deadline timer: two daemon threads that a Celery worker carries when it is started with --timer.

The sweeper turns due clocks into firings and outbox rows; it needs the database only. The relay hands outbox keys to
Celery; it needs the broker as well, so it is a thread of its own and cannot hold up the sweeper. Any number of workers
may carry a timer. Nothing here is imported by Django: models are loaded later than this module.
"""

import os
import threading
import time
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Any

import psycopg
from celery import Celery, bootsteps, signals
from celery.utils.log import get_logger
from click import Option
from django.db import connections

from members.house_lock import share
from slas.relay import ENVELOPE, take_envelope
from slas.sweep import BATCH, BEGINNING, POISON, STORM, fire_due, fire_one_by_one

log = get_logger(__name__)

LOOK_AHEAD = 0.5  # seconds; a clock armed for sooner than any we know of waits at most so long
POLL = 0.5  # seconds between looks into an outbox that others write to as well
FILL = 0.1  # seconds that let an envelope fill up
BEAT_EVERY, FULL_EVERY = 5.0, 30.0  # seconds
WATERMARK = timedelta(seconds=60)
STATEMENT_LIMIT = 5  # seconds
HEARTBEAT = """
INSERT INTO slas_sweeper AS known (who, seen_at, full_at, max_lag, conflicts) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (who) DO UPDATE SET seen_at = excluded.seen_at, full_at = excluded.full_at, max_lag = excluded.max_lag,
   conflicts = known.conflicts + excluded.conflicts"""


class Loop(threading.Thread, ABC):
    """Repeats `turn` on a database connection of its own.

    Any fault drops that connection, which rolls back and frees its locks, waits, and starts afresh: a timer thread that
    ends is one that nobody misses until it is too late.
    """

    def __init__(self) -> None:
        super().__init__(name=f"slas-{type(self).__name__.lower()}", daemon=True)
        self.wake, self.halted = threading.Event(), threading.Event()  # apart: a wake must not cut a back-off short

    @abstractmethod
    def turn(self, conn: psycopg.Connection) -> float:
        """Do one round and return for how many seconds there is nothing to do."""

    def connect(self) -> psycopg.Connection:
        """Return a connection to a primary. Raises RuntimeError on a standby, RestoreUnderWay."""
        # psycopg directly: Django's connections belong to requests and tasks, and only those replace a broken one.
        # The parameters are Django's, so that they follow a test runner to its database.
        params = connections["default"].get_connection_params()
        params.pop("cursor_factory", None)
        params |= {
            "autocommit": True,
            "connect_timeout": 5,
            "application_name": self.name,
            "keepalives_idle": 5,
            "tcp_user_timeout": 10_000,
        }
        conn: psycopg.Connection = psycopg.connect(**params)
        conn.execute(
            f"SET statement_timeout = '{STATEMENT_LIMIT}s'; SET idle_in_transaction_session_timeout = '30s'; "
            "SET timezone = 'UTC'"
        )
        row = conn.execute("SELECT pg_is_in_recovery()").fetchone()
        if row and row[0]:
            conn.close()
            raise RuntimeError("this is a standby; waiting until it is promoted")
        share(conn)
        log.info("%s: connected, in process %d", self.name, os.getpid())
        return conn

    def run(self) -> None:
        """Turn until halted."""
        faults = 0
        while not self.halted.is_set():
            try:
                with self.connect() as conn:
                    while not self.halted.is_set():
                        pause, faults = self.turn(conn), 0
                        self.wake.wait(pause)
                        self.wake.clear()
            except Exception as fault:  # noqa: BLE001 -- whatever it is, the next deadline is due
                faults += 1
                reason = str(fault).strip().split("\n")[0]
                log.warning("%s: %s: %s (fault %d)", self.name, type(fault).__name__, reason, faults)
                self.halted.wait(min(5, 0.1 * 2 ** min(faults, 6)))

    def halt(self) -> None:
        """End after the present turn."""
        self.halted.set()
        self.wake.set()


class Sweeper(Loop):
    """Fires what is due, exactly when it is."""

    def __init__(self, who: str, relay: "Relay") -> None:
        super().__init__()
        self.who, self.relay = who, relay
        self.size = BATCH
        self.full_due = self.beat_due = 0.0  # monotonic
        self.last_seen, self.max_lag, self.conflicts = BEGINNING, timedelta(0), 0
        self.full_at: datetime | None = None

    def turn(self, conn: psycopg.Connection) -> float:
        """Make one pass, look again at once if it took anything, else sleep up to the next due instant."""
        now = self._database_time(conn)
        full = time.monotonic() >= self.full_due  # also finds rows that were locked for long
        low = BEGINNING if full else now - WATERMARK  # skips index entries of clocks long fired
        size, self.size = self.size, BATCH  # a pass that fails is tried again small
        try:
            found = fire_due(conn.cursor(), now=now, low=low, n=size, who=self.who)
        except POISON as fault:
            log.error("%s: a pass failed (%s); firing one by one", self.name, type(fault).__name__)  # noqa: TRY400
            fire_one_by_one(conn.cursor(), now=now, low=low, n=size, who=self.who)
            return 0
        if found.taken == size:
            self.size = min(STORM, size * 2)
            self.relay.calm.clear()
        else:
            self.relay.calm.set()
            if full:
                self.full_due, self.full_at = time.monotonic() + FULL_EVERY, now
        if found.taken:
            self.max_lag = max(self.max_lag, found.lag or timedelta(0))
            self.conflicts += found.conflicts
            self.relay.wake.set()
        self._beat(conn, now)
        if found.taken:
            return 0  # `upcoming` was read before this pass moved its clocks on
        return min(LOOK_AHEAD, (found.upcoming - now).total_seconds()) if found.upcoming else LOOK_AHEAD

    def _database_time(self, conn: psycopg.Connection) -> datetime:
        """Return the database's time, never this host's. A step back only makes firing late; it is an alarm."""
        row = conn.execute("SELECT statement_timestamp()").fetchone()
        now: datetime = row[0]  # type: ignore[index]  # a SELECT without FROM has one row
        if now < self.last_seen - timedelta(seconds=1):
            log.error("the database clock went back by %s", self.last_seen - now)
        self.last_seen = now
        return now

    def _beat(self, conn: psycopg.Connection, now: datetime) -> None:
        """Leave a sign of life, which the web tier alarms on when it is missing."""
        if time.monotonic() >= self.beat_due:
            conn.execute(HEARTBEAT, [self.who, now, self.full_at, self.max_lag, self.conflicts])
            self.beat_due, self.max_lag, self.conflicts = time.monotonic() + BEAT_EVERY, timedelta(0), 0


class Relay(Loop):
    """Hands effects to Celery, an envelope at a time."""

    def __init__(self, app: Celery) -> None:
        super().__init__()
        self.app = app
        self.calm = threading.Event()  # unset in a storm: what is due fires first, its effects use the same processors
        self.calm.set()

    def turn(self, conn: psycopg.Connection) -> float:
        """Send one envelope, and let the next one fill up if this was not full."""
        self.calm.wait(STATEMENT_LIMIT)
        if self.send_envelope(conn) == ENVELOPE:
            return 0
        self.halted.wait(FILL)
        return POLL

    def send_envelope(self, conn: psycopg.Connection, size: int = ENVELOPE) -> int:
        """Send up to `size` effects that are due. Return how many.

        Marking and sending share a transaction, and sending comes last: killed in between, the same keys go out twice
        and settle once; while the broker is away the rollback leaves their attempts alone.
        """
        with conn.transaction():
            if rows := take_envelope(conn.cursor(), n=size):
                pairs = [list(column) for column in zip(*rows, strict=True)]
                self.app.send_task("slas.settle", pairs, retry=False)
        return len(rows)


class DeadlineTimer(bootsteps.StartStopStep):
    """Starts the threads in workers run with --timer."""

    # After the pool has forked, but before the consumer waits for the broker: deadlines fire while it is down.
    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, *, timer: bool = False, **options: Any) -> None:  # noqa: ARG002 -- Celery's interface
        self.enabled = timer
        self.threads: list[Loop] = []

    def start(self, worker: Any) -> None:
        """Start both threads."""
        relay = Relay(worker.app)
        self.threads = [relay, Sweeper(worker.hostname, relay)]
        for thread in self.threads:
            thread.start()
        # Not in stop(): that comes before the pool drains, and firing should go on meanwhile.
        signals.worker_shutdown.connect(self.halt)

    def halt(self, **_: Any) -> None:
        """End the threads after a warm shutdown; a cold one just ends, and the database rolls back."""
        for thread in self.threads:
            thread.halt()
        for thread in self.threads:
            thread.join(STATEMENT_LIMIT + 1)


def install(app: Celery) -> None:
    """Teach the app's workers the option --timer."""
    app.user_options["worker"].add(Option(["--timer"], is_flag=True, help="Carry the deadline timer in this worker."))
    app.steps["worker"].add(DeadlineTimer)
