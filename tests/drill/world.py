"""The stack that is lost: a real PostgreSQL that writes to disk, Valkey, a worker, people who complain."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import redis

from config.stack import postgres
from config.stack.layout import ROOT, Layout
from config.stack.supervisor import GLANCE, Stopped
from config.stack.throwaway import Throwaway, throwaway

OWN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "REDRESS_MAIL_FOLDER", "REDRESS_FILES_FOLDER", "REDRESS_AUDIT_ANCHOR")
WORKER = (
    "-m", "celery", "--app", "config.celery", "worker", "--timer", "--pool", "prefork", "--concurrency", "1",
    "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip
PATIENCE = 60.0  # s


@contextmanager
def world() -> Iterator["World"]:
    """Yield a stack with an empty, migrated database; nothing of it is left. Never on servers of one's own."""
    for name in OWN:
        os.environ.pop(name, None)
    with throwaway(durable=True) as stack:
        stack.migrate()
        yield World(stack)


class World:
    """Services and people of one drill. Everything in it dies with this process."""

    def __init__(self, stack: Throwaway) -> None:
        self.supervisor, self.variables = stack.supervisor, stack.variables
        self.layout = Layout(stack.supervisor.logs.parent)
        self.files = Path(self.variables["REDRESS_FILES_FOLDER"])
        self.backups = self.layout.run / "backups"
        self.backups.mkdir()

    def pause(self, seconds: float = GLANCE) -> None:
        """Wait. Raises Stopped when somebody orders the end."""
        time.sleep(seconds)
        if self.supervisor.order:
            raise Stopped

    def start_work(self, journal: Path) -> None:
        """Start worker and people, and return when the first of them was confirmed a complaint."""
        python, environment = sys.executable, self.variables
        how = {"environment": environment, "orphan_signal": signal.SIGKILL, "grace": 5}
        self.supervisor.start("worker", [python, *WORKER], **how)
        self.supervisor.start("people", [python, "-m", "tests.drill.traffic", journal], **how)
        self.wait_for(journal, 1)

    def wait_for(self, journal: Path, number: int) -> None:
        """Return when so many complaints were confirmed. Raises ChildEnded, TimeoutError."""
        until = time.monotonic() + PATIENCE
        while len(confirmed(journal)) < number:
            self.supervisor.check()
            self.pause()
            if time.monotonic() > until:
                raise TimeoutError("nobody could complain")

    def lose_everything(self) -> None:
        """Kill all but the mail server, and delete database and files; keyring, anchor and backups are elsewhere."""
        lost = [child for child in self.supervisor.children if child.name in {"people", "worker", "postgres"}]
        for child in lost:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            self.supervisor.children.remove(child)
        with redis.Redis.from_url(self.variables["REDIS_URL"]) as client:
            client.flushall()
        for folder in (self.layout.run / "postgres", self.layout.outside, self.files):
            shutil.rmtree(folder, ignore_errors=True)

    def start_database(self) -> None:
        """Start a new, empty PostgreSQL where the lost one was."""
        cluster, child = postgres.start(self.supervisor, self.layout, durable=True)
        self.supervisor.wait_until_ready(child, lambda: postgres.is_ready(cluster))

    def manage(self, *words: str | Path) -> dict[str, Any]:
        """Run one of manage.py's commands that prints JSON; raise if it fails."""
        command = [sys.executable, "manage.py", *map(str, words), "--json"]
        done = subprocess.run(command, cwd=ROOT, env=self.variables, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
        if done.returncode:
            raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr or done.stdout}")
        return json.loads(done.stdout)

    def complaints(self) -> set[UUID]:
        """Return the complaints that are in the database."""
        with psycopg.connect(self.variables["DATABASE_URL"]) as asking:
            return {key for (key,) in asking.execute("SELECT matter_id FROM complaints_complaint")}

    def file_digests(self) -> dict[str, str]:
        """Return the SHA-256 of each file in the store, by name."""
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.files.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }


def confirmed(journal: Path) -> dict[UUID, float]:
    """Return what was confirmed and when; a last line that was cut off was not."""
    if not journal.exists():
        return {}
    lines = [line.split() for line in journal.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return {UUID(key): float(at) for key, at in lines}
