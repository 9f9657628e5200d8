"""`make run`: the whole product with demo data, until somebody stops it."""

import json
import os
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

from config.stack import services, welcome
from config.stack.children import Child
from config.stack.environment import environment
from config.stack.keys import write_private
from config.stack.layout import AlreadyRunning, Layout
from config.stack.ports import LOOPBACK, NAME, chosen, listen, port_of
from config.stack.refusal import Refusal
from config.stack.supervisor import ChildEnded, Stopped, Supervisor, say

FIRST_PORT = "8000"
NEEDED_SPACE = 300 * 1024 * 1024
MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 -- gunicorn makes private files there


def run(stack: Layout) -> int:
    """Run the stack until it is stopped; return the exit status: 0 when somebody stopped it, 1 when a part failed."""
    try:
        with stack.held() as lock:
            return _run(stack, lock)
    except AlreadyRunning as other:
        say(welcome.whereabouts(stack, other.pid))
        return 0


def _run(stack: Layout, lock: int) -> int:
    began = time.monotonic()
    supervisor = Supervisor(logs=stack.logs, lock=lock)
    _check_space(stack)
    try:
        url = _start(stack, supervisor)
        say(welcome.welcome(stack, seconds=time.monotonic() - began, url=url))
        supervisor.watch()
    except Stopped:
        say("\nStopping …")
        status = 0
    except ChildEnded as report:
        say(f"\n{report}\n\nStopping the rest …")
        status = 1
    finally:
        supervisor.stop()
        for file in (stack.demo, stack.environment):
            file.unlink(missing_ok=True)
        with suppress(OSError):
            stack.sockets.rmdir()  # it may be outside of the project, where nobody would look for it
    say("Stopped.")
    return status


def _start(stack: Layout, supervisor: Supervisor) -> str:
    """Start every part in the order in which they need each other; return the address."""
    with listen(chosen(os.environ.get("PORT") or FIRST_PORT)) as listening:
        url = f"http://{NAME}:{port_of(listening)}"
        addresses, wait_for_services = services.start(supervisor, stack, durable=True)
        variables = environment(stack, addresses, url=url)
        wait_for_services()
        say("Database, broker and mail server are up; preparing the database …")
        prepare = [sys.executable, "-m", "config.stack.prepare", "--static", "--demo", str(stack.accounts)]
        supervisor.run_to_end("prepare", prepare, environment=variables)
        say("Starting web server, worker and beat …")
        web = start_web(supervisor, listening, variables)
        _start_celery(supervisor, stack, variables)
        port = port_of(listening)
    supervisor.wait_until_ready(web, lambda: first_page_answers(port), within=30)
    supervisor.check()
    write_private(stack.environment, json.dumps(variables))
    write_private(
        stack.demo, json.dumps({"url": url, "mail": str(stack.mail), "accounts": welcome.accounts(stack)}, indent=2)
    )
    return url


def start_web(supervisor: Supervisor, listening: socket.socket, variables: dict[str, str]) -> Child:
    """Start the web server on a socket that listens already."""
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"fd://{listening.fileno()}",
        "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--preload", "--graceful-timeout", "10",
        "--no-control-socket",
    ]  # fmt: skip
    if os.access(MEMORY_FOLDER, os.W_OK):
        command += ["--worker-tmp-dir", str(MEMORY_FOLDER)]  # its heartbeat must not wait for a busy disk
    return supervisor.start("web", command, environment=variables, inherit=[listening.fileno()])


def _start_celery(supervisor: Supervisor, stack: Layout, variables: dict[str, str]) -> None:
    celery = [sys.executable, "-m", "celery", "--app", "config.celery"]
    quiet = ["--without-gossip", "--without-mingle", "--loglevel", "info"]
    # Orphaned, both are killed at once: a warm shutdown would wait for a broker that ends at the same moment, and
    # the outbox sends again whatever was cut off.
    supervisor.start(
        "worker",
        [*celery, "worker", "--pool", "prefork", "--concurrency", "2", "--timer", *quiet],
        environment=variables,
        orphan_signal=signal.SIGKILL,
        grace=30,
    )
    supervisor.start(
        "beat",
        [*celery, "beat", "--schedule", stack.run / "beat", "--pidfile", "", "--loglevel", "info"],
        environment=variables,
        orphan_signal=signal.SIGKILL,
    )


def first_page_answers(port: int) -> bool:
    """Ask for the first page; while it fails the stack is not up, and the web server's log tells why."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
            connection.sendall(f"GET /en/ HTTP/1.0\r\nHost: {LOOPBACK}:{port}\r\n\r\n".encode())
            status = connection.recv(64).split()[1:2]
            return bool(status) and status[0] < b"500"
    except OSError:
        return False


def _check_space(stack: Layout) -> None:
    free = shutil.disk_usage(stack.run).free
    if free < NEEDED_SPACE:
        message = f"{free // 2**20} MB are free where {stack.run} is, and {NEEDED_SPACE // 2**20} are needed; free some"
        raise Refusal(message)
