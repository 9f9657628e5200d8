"""Listening sockets are bound here and handed down, so that nobody can take a port between choosing and using it."""

import errno
import socket

from config.stack.refusal import Refusal

LOOPBACK = "127.0.0.1"
NAME = "localhost"  # in addresses that people see: browsers bind passkeys to names and refuse numbers
TRIES = 100
HIGHEST = 65_535


def chosen(text: str) -> int:
    """Return the port that a person typed. Raises Refusal."""
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST:
        message = f"PORT={text} is no port; choose one from 1024 to {HIGHEST}"
        raise Refusal(message)
    return int(text)


def listen(first: int = 0) -> socket.socket:
    """Return a socket listening on the loopback interface at the first free port from `first` on (0: any)."""
    for port in range(first, min(first + TRIES, HIGHEST + 1)):
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
        else:
            return listening
    message = f"ports {first} to {first + TRIES - 1} are all taken; choose another with PORT=…"
    raise Refusal(message)


def port_of(listening: socket.socket) -> int:
    """Return the port it is bound to."""
    return int(listening.getsockname()[1])
