"""The virus check: ClamAV's daemon over its own protocol (INSTREAM), where an operator has one.

Each command ends with a zero byte; content goes in pieces, each after its length in four bytes; an empty one ends it.
The answer is "stream: OK", "stream: <signature> FOUND", or ends with "ERROR".
"""

import logging
import re
import socket
import struct
from dataclasses import dataclass
from enum import Enum

from django.conf import settings

PIECE_BYTES = 256 * 1024
PATIENCE, GREETING = 20.0, 2.0
"""Seconds for each step of a check, and of a mere question; a file whose check takes longer waits in quarantine."""
LONGEST_ANSWER = 4096
FOUND = re.compile(r"stream: (?P<signature>[^\x00-\x1f]{1,200}) FOUND")
logger = logging.getLogger(__name__)


class Verdict(Enum):
    """What came of a check. NOT_ASKED: no daemon is set up."""

    CLEAN = "clean"
    HARMFUL = "harmful"
    UNKNOWN = "unknown"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict; `signature` is the daemon's name for what it found."""

    verdict: Verdict
    signature: str = ""


def check(content: bytes) -> Check:
    """Have some content checked. What cannot be checked now, whatever the reason, is UNKNOWN and in the log."""
    if not settings.CLAMD:
        return Check(Verdict.NOT_ASKED)
    try:
        answer = _asked(b"zINSTREAM\0", content, patience=PATIENCE)
    except OSError as error:
        logger.warning("clamd cannot be asked: %s", error)
        return Check(Verdict.UNKNOWN)
    if answer == "stream: OK":
        return Check(Verdict.CLEAN)
    if found := FOUND.fullmatch(answer):
        return Check(Verdict.HARMFUL, found["signature"])
    logger.warning("clamd did not check: %s", answer.encode("unicode_escape").decode()[:200])
    return Check(Verdict.UNKNOWN)


def answers() -> bool:
    """Tell whether the daemon is there."""
    try:
        return _asked(b"zPING\0", patience=GREETING) == "PONG"
    except OSError:
        return False


def _asked(command: bytes, content: bytes | None = None, *, patience: float) -> str:
    """Return the daemon's answer. Raises OSError."""
    with _connection(patience) as daemon:
        daemon.sendall(command)
        if content is not None:
            _send(daemon, content)
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER and (more := daemon.recv(LONGEST_ANSWER)):
            answer += more
    return answer.rstrip(b"\0").decode(errors="replace")


def _send(daemon: socket.socket, content: bytes) -> None:
    """Send the content; a daemon that has heard enough says so and closes, which its answer tells better."""
    view = memoryview(content)
    try:
        for start in range(0, len(view), PIECE_BYTES):
            piece = view[start : start + PIECE_BYTES]
            daemon.sendall(struct.pack("!L", len(piece)))
            daemon.sendall(piece)
        daemon.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        logger.warning("clamd closed before all was sent: its StreamMaxLength may be too small")


def _connection(patience: float) -> socket.socket:
    if settings.CLAMD.startswith("/"):
        daemon = socket.socket(socket.AF_UNIX)
        daemon.settimeout(patience)
        try:
            daemon.connect(settings.CLAMD)
        except OSError:
            daemon.close()
            raise
        return daemon
    host, _colon, port = settings.CLAMD.rpartition(":")
    if not port.isdecimal():
        raise OSError("REDRESS_CLAMD is neither host:port nor the path of a socket")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=patience)
