"""People, mail and workers of the journeys: all of them real, none of them shared with another test."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from config.stack.layout import ROOT
from config.stack.ports import LOOPBACK
from slas import versions
from tests.slas.workers import JOURNEYS, broker_url


class MailServer:
    """An SMTP server at an address that is fixed from the start; until it is opened, it refuses connections."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = socket.socket()
        self.socket.bind((LOOPBACK, 0))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.socket.getsockname()[1]}"

    def open(self) -> None:
        self.socket.listen()
        number = str(self.socket.fileno())
        command = [sys.executable, "-m", "config.stack.mail_catcher", "--fd", number, "--folder", str(self.folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, pass_fds=[self.socket.fileno()])  # noqa: S603

    def close(self) -> None:
        self.socket.close()
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"))

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(file.read_bytes(), policy=default) for file in self.files()]


@pytest.fixture
def mail(tmp_path) -> Iterator[MailServer]:
    """A mail server that is still closed."""
    server = MailServer(tmp_path / "mail")
    yield server
    server.close()


@pytest.fixture
def variables(transactional_db, mail) -> Iterator[dict[str, str]]:  # noqa: ARG001 -- workers see only what is committed
    """Return what a worker of this test is told beyond the usual."""
    yield {"REDIS_URL": broker_url(JOURNEYS), "EMAIL_URL": mail.url}
    versions.forget()
