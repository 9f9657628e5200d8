"""Where one stack keeps its files, and who holds the folder."""

import fcntl
import hashlib
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from config.stack.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET = 100  # bytes; sun_path holds 108 on Linux and 104 elsewhere
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")  # PostgreSQL and Valkey each quote blanks and commas in their own way


class AlreadyRunning(Exception):
    """Another supervisor holds this folder."""

    def __init__(self, pid: int) -> None:
        super().__init__(pid)
        self.pid = pid


@dataclass(frozen=True)
class Layout:
    """The files of the stack in the folder `run`."""

    run: Path

    @property
    def logs(self) -> Path:
        """What each program prints."""
        return self.run / "logs"

    @property
    def mail(self) -> Path:
        """Every message sent, as a file."""
        return self.run / "mail"

    @property
    def files(self) -> Path:
        """What people sent, sealed."""
        return self.run / "files"

    @property
    def secrets(self) -> Path:
        """Keys made for this stack alone."""
        return self.run / "secrets"

    @property
    def accounts(self) -> Path:
        """The demo accounts, as load_demo wrote them."""
        return self.run / "accounts.json"

    @property
    def demo(self) -> Path:
        """Address and accounts of the running stack; there only while it runs."""
        return self.run / "demo.json"

    @property
    def environment(self) -> Path:
        """The variables of the running stack; there only while it runs."""
        return self.run / "environment.json"

    @property
    def outside(self) -> Path:
        """Where "nobody" keeps PostgreSQL's data, should root need it: it may not enter the project's folder."""
        return Path("/var/tmp", f"redress-postgres-{_digest(self.run)}")  # noqa: S108 -- owned and private

    @property
    def sockets(self) -> Path:
        """A folder for Unix sockets: inside `run` where its path is short and plain, else in /tmp."""
        inside = self.run / "sockets"
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET and PLAIN_PATH.fullmatch(str(inside)):
            return inside
        return Path("/tmp", f"redress-{os.geteuid()}-{_digest(self.run)}")  # noqa: S108 -- used as private_folder only

    def remove(self) -> None:
        """Remove all of it. The caller holds it, or knows that nobody does."""
        for folder in (self.sockets, self.outside, self.run):
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def held(self, *, patience: float = 30.0) -> Iterator[int]:
        """Hold the folder; yields a file descriptor that every child must inherit.

        Raises AlreadyRunning while another supervisor lives. If one was killed, waits until its last child, which
        holds that descriptor, is gone (Refusal after `patience` seconds): so whoever holds the folder knows that
        nothing else uses its data.
        """
        private_folder(self.run)
        with (
            (self.run / "supervisor.lock").open("a+") as supervisor,
            (self.run / "children.lock").open("w") as children,
        ):
            if not _locked(supervisor):
                supervisor.seek(0)
                raise AlreadyRunning(int(supervisor.read() or 0))
            deadline = time.monotonic() + patience
            while not _locked(children):
                if time.monotonic() > deadline:
                    message = f"programs of an earlier run still use {self.run} and do not end; end them and try again"
                    raise Refusal(message)
                time.sleep(0.05)
            supervisor.truncate(0)
            supervisor.write(str(os.getpid()))
            supervisor.flush()
            yield children.fileno()


def private_folder(path: Path) -> Path:
    """Return `path`, a folder which nobody else can enter; it is made if missing. Raises Refusal if it is another's."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        message = f"{path} belongs to someone else; remove it, or run as its owner"
        raise Refusal(message)
    path.chmod(0o700)
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
