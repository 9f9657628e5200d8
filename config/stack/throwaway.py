"""A stack for one command: fresh services, a migrated database, and nothing of it is left."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from config.stack import services
from config.stack.children import die_with_parent
from config.stack.environment import DEVELOPMENT, environment
from config.stack.layout import ROOT, AlreadyRunning, Layout
from config.stack.refusal import Refusal
from config.stack.supervisor import GLANCE, Stopped, Supervisor

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 -- mkdtemp makes a private folder in it
ROOM = 2 * 1024**3  # bytes that a run of the tests may take
NO_LONGER_FRESH = 60  # s after which a folder that nobody holds was left by a killed run
GRACE = 15  # s that the command gets to end


@dataclass(frozen=True)
class Throwaway:
    """Running services and the variables that lead to them."""

    supervisor: Supervisor
    variables: dict[str, str]

    def migrate(self) -> None:
        """Bring the empty database up to date."""
        self.supervisor.run_to_end(
            "prepare", [sys.executable, "-m", "config.stack.prepare"], environment=self.variables
        )

    def run(self, command: Sequence[str]) -> int:
        """Run a command in the foreground, its standard streams untouched; return its exit status as a shell would.

        Ctrl-C reaches it directly and it alone decides what that means, as in a shell. SIGTERM and SIGHUP end it.
        """
        supervisor = os.getpid()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.variables,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM, supervisor),  # noqa: PLW1509 -- one thread only
        )
        try:
            while process.poll() is None:
                time.sleep(GLANCE)
                self.supervisor.check()
                if self.supervisor.order not in {None, signal.SIGINT}:
                    raise Stopped
        finally:
            _end(process)
        return process.returncode if process.returncode >= 0 else 128 - process.returncode


@contextmanager
def throwaway(*, durable: bool = False, settings: str = DEVELOPMENT) -> Iterator[Throwaway]:
    """Start services in a folder of their own; stop them and remove it afterwards.

    `durable` services write to disk as a real server's do, for measurements; the others live in memory if it has room.
    """
    home = Path(tempfile.gettempdir()) if durable or not _has_room(MEMORY_FOLDER) else MEMORY_FOLDER
    _remove_leftovers(home)
    stack = Layout(Path(tempfile.mkdtemp(prefix=f"redress-{os.geteuid()}-", dir=home)))
    with stack.held() as lock:
        supervisor = Supervisor(logs=stack.logs, lock=lock)
        try:
            addresses, wait = services.start(supervisor, stack, durable=durable)
            wait()
            with _scratch_database(addresses) as addresses:
                variables = environment(stack, addresses, url="http://localhost:8000", settings=settings)
                yield Throwaway(supervisor, variables)
        finally:
            supervisor.stop()
            stack.remove()


@contextmanager
def _scratch_database(addresses: services.Addresses) -> Iterator[services.Addresses]:
    """On a server of one's own, work in a new database and drop it: its data are not ours to touch."""
    if not os.environ.get("DATABASE_URL"):
        yield addresses
        return
    import psycopg  # noqa: PLC0415 -- large and rarely needed

    name = f"redress_throwaway_{os.getpid()}"
    try:
        server = psycopg.connect(addresses.database, autocommit=True)
        server.execute(f"CREATE DATABASE {name}")
    except psycopg.Error as error:
        message = f"the server in DATABASE_URL gives no new database: {str(error).strip()}"
        raise Refusal(message) from None
    with server:
        try:
            yield replace(addresses, database=_of_database(addresses.database, name))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _of_database(url: str, name: str) -> str:
    """Return another database on the same server; assembled by hand, for geturl() drops an empty host's slashes."""
    parts = urlsplit(url)
    options = [(key, value) for key, value in parse_qsl(parts.query) if key != "dbname"]
    return f"{parts.scheme}://{parts.netloc}/{name}?{urlencode(options)}"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        process.kill()
        process.wait()


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM


def _remove_leftovers(home: Path) -> None:
    """Remove what runs left that were killed with -9: in memory, it would stay until the next boot."""
    for folder in home.glob(f"redress-{os.geteuid()}-*"):
        if time.time() - folder.stat().st_mtime > NO_LONGER_FRESH:
            with suppress(AlreadyRunning, Refusal), Layout(folder).held(patience=0):
                Layout(folder).remove()
