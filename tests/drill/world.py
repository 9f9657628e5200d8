"""The stack that is lost: a real PostgreSQL that writes to disk, Valkey, web server, worker, people who complain."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

from config.stack import postgres
from config.stack.layout import ROOT, Layout
from config.stack.ports import listen, port_of
from config.stack.running import first_page_answers, start_web
from config.stack.supervisor import GLANCE, Stopped
from config.stack.throwaway import Throwaway, throwaway
from tests.browser.stack import RunningStack, accounts_by_role

OWN = (
    "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "REDRESS_MAIL_FOLDER", "REDRESS_FILES_FOLDER", "REDRESS_AUDIT_ANCHOR",
    "REDRESS_ERASURE_LEDGER", "REDRESS_PUBLIC_URL",
)  # fmt: skip
WORKER = (
    "-m", "celery", "--app", "config.celery", "worker", "--timer", "--pool", "prefork", "--concurrency", "1",
    "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip
PATIENCE = 60.0  # s for one complaint
COUNTED = (
    "complaints_complaint", "complaints_enclosure", "slas_clock", "search_indexedtext", "audit_event",
    "audit_checkpoint", "retention_erasure",
)  # fmt: skip
IDS = """SELECT table_name, column_name FROM information_schema.columns JOIN pg_tables ON tablename = table_name
WHERE table_schema = current_schema() AND data_type = 'uuid' ORDER BY 1, 2"""


@contextmanager
def world() -> Iterator["World"]:
    """Yield a stack with an empty, migrated database; nothing of it is left. Never on servers of one's own."""
    for name in OWN:
        os.environ.pop(name, None)
    with throwaway(durable=True) as stack, listen() as listening:
        stack.migrate()
        yield World(stack, listening)


class World:
    """Services and people of one drill. Everything in it dies with this process."""

    def __init__(self, stack: Throwaway, listening: socket.socket) -> None:
        self.supervisor, self.listening = stack.supervisor, listening
        self.layout = Layout(stack.supervisor.logs.parent)
        self.url = f"http://localhost:{port_of(listening)}"
        self.variables = stack.variables | {"REDRESS_PUBLIC_URL": self.url}
        self.files = Path(self.variables["REDRESS_FILES_FOLDER"])
        self.backups = self.layout.run / "backups"
        self.backups.mkdir()

    @property
    def house(self) -> RunningStack:
        """What visitors need to know of it."""
        mail, accounts = Path(self.variables["REDRESS_MAIL_FOLDER"]), json.loads(self.layout.accounts.read_text())
        return RunningStack(self.url, self.layout.run, mail, accounts_by_role(accounts), self.variables)

    def pause(self, seconds: float = GLANCE) -> None:
        """Wait. Raises Stopped when somebody orders the end."""
        time.sleep(seconds)
        if self.supervisor.order:
            raise Stopped

    def start_programs(self) -> None:
        """Start worker and web server, and return when the first page is shown."""
        self.supervisor.start(
            "worker", [sys.executable, *WORKER], environment=self.variables, orphan_signal=signal.SIGKILL, grace=5
        )
        web = start_web(self.supervisor, self.listening, self.variables)
        self.supervisor.wait_until_ready(web, lambda: first_page_answers(port_of(self.listening)))

    def start_people(self, journal: Path) -> None:
        """Let people complain, and return when the first of them was shown a reference."""
        command = [sys.executable, "-m", "tests.drill.traffic", journal, self.url]
        self.supervisor.start("people", command, environment=self.variables, grace=5)
        self.wait_for(journal, 1)

    def start_work(self, journal: Path) -> None:
        """Start programs and people."""
        self.start_programs()
        self.start_people(journal)

    def wait_for(self, journal: Path, number: int) -> None:
        """Return when so many complaints were confirmed. Raises ChildEnded, TimeoutError."""
        until, there = time.monotonic() + PATIENCE, 0
        while there < number:
            self.supervisor.check()
            self.pause()
            if (now := len(confirmed(journal))) > there:
                until, there = time.monotonic() + PATIENCE, now
            if time.monotonic() > until:
                raise TimeoutError("nobody could complain")

    def lose_people(self) -> float:
        """Kill people, web server and worker, and return the moment at which nobody was served any more."""
        self._kill("people", "web", "worker")
        return time.time()

    def lose_everything(self) -> None:
        """Kill the rest but the mail server; delete database and files. Keys, anchor, ledger, backups are elsewhere."""
        self._kill("postgres")
        with redis.Redis.from_url(self.variables["REDIS_URL"]) as client:
            client.flushall()
        for folder in (self.layout.run / "postgres", self.layout.outside, self.files):
            shutil.rmtree(folder, ignore_errors=True)

    def _kill(self, *names: str) -> None:
        for child in [child for child in self.supervisor.children if child.name in names]:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            self.supervisor.children.remove(child)

    def start_database(self) -> None:
        """Start a new, empty PostgreSQL where the lost one was."""
        cluster, child = postgres.start(self.supervisor, self.layout, durable=True)
        self.supervisor.wait_until_ready(child, lambda: postgres.is_ready(cluster))

    def manage(self, *words: str | Path, at_worst: int = 0) -> dict[str, Any]:
        """Run one of manage.py's commands that prints JSON; raise if it ends with a higher status."""
        return self._told("manage.py", *words, "--json", at_worst=at_worst)

    def run(self, module: str, *words: str | Path) -> dict[str, Any]:
        """Run a program of the drill that prints JSON; raise if it fails."""
        return self._told("-m", module, *words)

    def _told(self, *command: str | Path, at_worst: int = 0) -> dict[str, Any]:
        words = [sys.executable, *map(str, command)]
        done = subprocess.run(words, cwd=ROOT, env=self.variables, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
        if not 0 <= done.returncode <= at_worst:
            raise RuntimeError(f"{' '.join(words[1:3])} ended with {done.returncode}: {done.stderr or done.stdout}")
        return json.loads(done.stdout)

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has that the drill tells of, and how many files and bytes of them."""
        with psycopg.connect(self.variables["DATABASE_URL"]) as asking:
            rows = {table: asking.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}  # noqa: S608
        sizes = [path.stat().st_size for path in self._stored()]
        return rows | {"files": len(sizes), "megabytes_of_files": round(sum(sizes) / 1e6)}

    def references(self) -> set[str]:
        """Return the references of the complaints that are in the database."""
        with psycopg.connect(self.variables["DATABASE_URL"]) as asking:
            return {key for (key,) in asking.execute("SELECT reference FROM complaints_complaint")}

    def columns_that_name(self, key: str) -> set[str]:
        """Return the tables and columns in which this id stands."""
        with psycopg.connect(self.variables["DATABASE_URL"]) as asking:
            return {
                f"{table}.{column}"
                for table, column in asking.execute(IDS).fetchall()
                if asking.execute(f'SELECT 1 FROM "{table}" WHERE "{column}" = %s LIMIT 1', [key]).fetchone()  # noqa: S608
            }

    def file_digests(self) -> dict[str, str]:
        """Return the SHA-256 of each file in the store, by name."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self._stored()}

    def _stored(self) -> list[Path]:
        return [path for path in self.files.rglob("*") if path.is_file() and not path.name.startswith(".")]


@dataclass(frozen=True)
class Confirmed:
    """When somebody was shown a reference, and the address that was given with it."""

    at: float
    address: str


def confirmed(journal: Path) -> dict[str, Confirmed]:
    """Return what was confirmed, by reference; a last line that was cut off was not."""
    if not journal.exists():
        return {}
    lines = [line.split() for line in journal.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return {reference: Confirmed(float(at), address) for reference, at, address in lines}
