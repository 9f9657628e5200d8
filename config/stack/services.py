"""PostgreSQL, Valkey and the mail catcher of a stack, or in their stead the servers which the environment names."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from config.stack import postgres, valkey
from config.stack.layout import Layout
from config.stack.ports import LOOPBACK, listen, port_of
from config.stack.supervisor import Supervisor


@dataclass(frozen=True)
class Addresses:
    """Where the services are, as the variables DATABASE_URL, REDIS_URL and EMAIL_URL say it."""

    database: str
    redis: str
    email: str


def start(supervisor: Supervisor, layout: Layout, *, durable: bool) -> tuple[Addresses, Callable[[], None]]:
    """Start all at once; the function returned waits until the last one answers."""
    awaited: list[Callable[[], None]] = []
    database, redis, email = (os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"))
    if not database:
        cluster, server = postgres.start(supervisor, layout, durable=durable)
        database = cluster.url
        awaited.append(lambda: supervisor.wait_until_ready(server, lambda: postgres.is_ready(cluster)))
    if not redis:
        socket, store = valkey.start(supervisor, layout, durable=durable, environment=postgres.environment())
        redis = valkey.url(socket)
        awaited.append(lambda: supervisor.wait_until_ready(store, lambda: valkey.is_ready(socket)))
    if not email:
        email = _start_mail_catcher(supervisor, layout)

    def wait() -> None:
        for each in awaited:
            each()

    return Addresses(database, redis, email), wait


def _start_mail_catcher(supervisor: Supervisor, layout: Layout) -> str:
    """Start it; the socket listens already, so nobody need wait for the program behind it."""
    with listen() as listening:
        supervisor.start(
            "mail",
            [
                sys.executable,
                "-m",
                "config.stack.mail_catcher",
                "--fd",
                str(listening.fileno()),
                "--folder",
                layout.mail,
            ],
            environment=postgres.environment(),
            inherit=[listening.fileno()],
            is_service=True,
        )
        return f"smtp://{LOOPBACK}:{port_of(listening)}"
