"""Where a stack keeps and sends bytes: what a thief of each would hold."""

import re
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path
from threading import Thread

import redis

from config.stack import postgres

BODY = re.compile(rb'\\?"body\\?": ?\\?"([A-Za-z0-9+/=]+)')
HEX = re.compile(rb"\\\\x((?:[0-9a-f]{2})+)")
TO_WHOM = {"to", "x-rcpt-to", "delivered-to", "envelope-to"}


def dump(url: str) -> bytes:
    """Return what pg_dump tells of the whole database; what it writes in hexadecimal stands there decoded, too."""
    program = postgres._binaries() / "pg_dump"
    command = [str(program), "--dbname", url]
    told = subprocess.run(command, check=True, capture_output=True, env=postgres.environment()).stdout  # noqa: S603
    return told + b"\n".join(bytes.fromhex(digits.decode()) for digits in HEX.findall(told))


def under(*folders: Path, leaving_out: frozenset[str] = frozenset()) -> bytes:
    """Return every file under the folders, its name included, but for what is in folders of these names."""
    content = []
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        if leaving_out.isdisjoint(path.parts):
            content.append(path.name.encode())
            with suppress(OSError):  # a folder, a socket, or gone by now
                content.append(path.read_bytes())
    return b"\n".join(content)


def mail(folder: Path) -> bytes:
    """Return every message that was caught as its reader sees it, without the address that it went to."""
    return "\n".join(_read(path) for path in sorted(folder.glob("*.eml"))).encode()


def _read(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    headers = [str(value) for name, value in message.items() if name.lower() not in TO_WHOM]
    bodies = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join(headers + bodies)


class Monitor(Thread):
    """Hears every command that Valkey gets from now on: each message of Celery, each counter, each lock."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._client, self._heard = redis.Redis.from_url(url, socket_timeout=None), list[bytes]()
        self._monitor = self._client.monitor().__enter__()

    def run(self) -> None:
        with suppress(redis.ConnectionError):  # the stack has ended
            for command in self._monitor.listen():
                self._heard.append(str(command["command"]).encode())

    def heard(self) -> bytes:
        """Return it, with the bodies of messages decoded besides."""
        together = b"\n".join(self._heard)
        return together + b"\n" + b"\n".join(_decoded(together))


def _decoded(commands: bytes) -> Iterator[bytes]:
    for body in BODY.findall(commands):
        yield b64decode(body)
